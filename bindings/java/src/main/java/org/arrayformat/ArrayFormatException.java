package org.arrayformat;

/**
 * A call of the library failed. There is a class for each {@link Status}; the message says what failed, where, what was expected and
 * what was found. The cause is what a callback threw, where one did.
 */
public class ArrayFormatException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The status. */
    private final Status status;
    /** The errno behind it. */
    private int osErrno;
    /** The HTTP status behind it. */
    private int httpStatus;

    ArrayFormatException(Status status, String message) {
        super(message);
        this.status = status;
    }

    /** {@return the status of the call} */
    public Status status() {
        return status;
    }

    /** {@return the operating system's errno behind the failure, 0 if there was none} */
    public int osErrno() {
        return osErrno;
    }

    /** {@return the HTTP status behind the failure, 0 if there was none} */
    public int httpStatus() {
        return httpStatus;
    }

    ArrayFormatException with(int osErrno, int httpStatus, Throwable cause) {
        this.osErrno = osErrno;
        this.httpStatus = httpStatus;
        if (cause != null) {
            initCause(cause);
        }
        return this;
    }

    static ArrayFormatException of(Status status, String message) {
        return switch (status) {
            case NOT_FOUND -> new NotFound(message);
            case ALREADY_EXISTS -> new AlreadyExists(message);
            case ARRAY_NOT_FOUND -> new ArrayNotFound(message);
            case ARRAY_ALREADY_EXISTS -> new ArrayAlreadyExists(message);
            case DATASET_NOT_FOUND -> new DatasetNotFound(message);
            case DATASET_ALREADY_EXISTS -> new DatasetAlreadyExists(message);
            case ATTRIBUTE_NOT_FOUND -> new AttributeNotFound(message);
            case INVALID_NAME -> new InvalidName(message);
            case INVALID_ARGUMENT -> new InvalidArgument(message);
            case DTYPE_MISMATCH -> new DtypeMismatch(message);
            case OUT_OF_BOUNDS -> new OutOfBounds(message);
            case LIMIT_EXCEEDED -> new LimitExceeded(message);
            case CORRUPT -> new Corrupt(message);
            case UNSUPPORTED -> new Unsupported(message);
            case READ_ONLY -> new ReadOnly(message);
            case CONFLICT -> new Conflict(message);
            case STALE -> new Stale(message);
            case CANCELLED -> new Cancelled(message);
            case TIMED_OUT -> new TimedOut(message);
            case UNAUTHENTICATED -> new Unauthenticated(message);
            case PERMISSION_DENIED -> new PermissionDenied(message);
            case IO -> new Io(message);
            case OUT_OF_MEMORY -> new OutOfMemory(message);
            case FORKED -> new Forked(message);
            case INTERNAL -> new Internal(message);
            case OK -> new ArrayFormatException(status, message);
        };
    }

    /** {@link Status#NOT_FOUND}. */
    public static final class NotFound extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public NotFound(String message) {
            super(Status.NOT_FOUND, message);
        }
    }

    /** {@link Status#ALREADY_EXISTS}. */
    public static final class AlreadyExists extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public AlreadyExists(String message) {
            super(Status.ALREADY_EXISTS, message);
        }
    }

    /** {@link Status#ARRAY_NOT_FOUND}. */
    public static final class ArrayNotFound extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public ArrayNotFound(String message) {
            super(Status.ARRAY_NOT_FOUND, message);
        }
    }

    /** {@link Status#ARRAY_ALREADY_EXISTS}. */
    public static final class ArrayAlreadyExists extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public ArrayAlreadyExists(String message) {
            super(Status.ARRAY_ALREADY_EXISTS, message);
        }
    }

    /** {@link Status#DATASET_NOT_FOUND}. */
    public static final class DatasetNotFound extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public DatasetNotFound(String message) {
            super(Status.DATASET_NOT_FOUND, message);
        }
    }

    /** {@link Status#DATASET_ALREADY_EXISTS}. */
    public static final class DatasetAlreadyExists extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public DatasetAlreadyExists(String message) {
            super(Status.DATASET_ALREADY_EXISTS, message);
        }
    }

    /** {@link Status#ATTRIBUTE_NOT_FOUND}. */
    public static final class AttributeNotFound extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public AttributeNotFound(String message) {
            super(Status.ATTRIBUTE_NOT_FOUND, message);
        }
    }

    /** {@link Status#INVALID_NAME}. */
    public static final class InvalidName extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public InvalidName(String message) {
            super(Status.INVALID_NAME, message);
        }
    }

    /** {@link Status#INVALID_ARGUMENT}. */
    public static final class InvalidArgument extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public InvalidArgument(String message) {
            super(Status.INVALID_ARGUMENT, message);
        }
    }

    /** {@link Status#DTYPE_MISMATCH}. */
    public static final class DtypeMismatch extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public DtypeMismatch(String message) {
            super(Status.DTYPE_MISMATCH, message);
        }
    }

    /** {@link Status#OUT_OF_BOUNDS}. */
    public static final class OutOfBounds extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public OutOfBounds(String message) {
            super(Status.OUT_OF_BOUNDS, message);
        }
    }

    /** {@link Status#LIMIT_EXCEEDED}. */
    public static final class LimitExceeded extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public LimitExceeded(String message) {
            super(Status.LIMIT_EXCEEDED, message);
        }
    }

    /** {@link Status#CORRUPT}. */
    public static final class Corrupt extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public Corrupt(String message) {
            super(Status.CORRUPT, message);
        }
    }

    /** {@link Status#UNSUPPORTED}. */
    public static final class Unsupported extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public Unsupported(String message) {
            super(Status.UNSUPPORTED, message);
        }
    }

    /** {@link Status#READ_ONLY}. */
    public static final class ReadOnly extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public ReadOnly(String message) {
            super(Status.READ_ONLY, message);
        }
    }

    /** {@link Status#CONFLICT}. */
    public static final class Conflict extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public Conflict(String message) {
            super(Status.CONFLICT, message);
        }
    }

    /** {@link Status#STALE}. */
    public static final class Stale extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public Stale(String message) {
            super(Status.STALE, message);
        }
    }

    /** {@link Status#CANCELLED}. */
    public static final class Cancelled extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public Cancelled(String message) {
            super(Status.CANCELLED, message);
        }
    }

    /** {@link Status#TIMED_OUT}. */
    public static final class TimedOut extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public TimedOut(String message) {
            super(Status.TIMED_OUT, message);
        }
    }

    /** {@link Status#UNAUTHENTICATED}. */
    public static final class Unauthenticated extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public Unauthenticated(String message) {
            super(Status.UNAUTHENTICATED, message);
        }
    }

    /** {@link Status#PERMISSION_DENIED}. */
    public static final class PermissionDenied extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public PermissionDenied(String message) {
            super(Status.PERMISSION_DENIED, message);
        }
    }

    /** {@link Status#IO}. */
    public static final class Io extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public Io(String message) {
            super(Status.IO, message);
        }
    }

    /** {@link Status#OUT_OF_MEMORY}. */
    public static final class OutOfMemory extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public OutOfMemory(String message) {
            super(Status.OUT_OF_MEMORY, message);
        }
    }

    /** {@link Status#FORKED}. */
    public static final class Forked extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public Forked(String message) {
            super(Status.FORKED, message);
        }
    }

    /** {@link Status#INTERNAL}. */
    public static final class Internal extends ArrayFormatException {
        private static final long serialVersionUID = 1;

        /**
         * A failure, thrown by the library or by a user's store.
         *
         * @param message one line
         */
        public Internal(String message) {
            super(Status.INTERNAL, message);
        }
    }
}
