using System;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>What kind of failure an <see cref="ArrayFormatException"/> is. The numbers are those of the header.</summary>
    public enum Status
    {
        NotFound = 1, AlreadyExists, ArrayNotFound, ArrayAlreadyExists, DatasetNotFound, DatasetAlreadyExists, AttributeNotFound,
        InvalidName, InvalidArgument, DataTypeMismatch, OutOfBounds, LimitExceeded, Corrupt, Unsupported, ReadOnly, Conflict, Stale,
        Cancelled, TimedOut, Unauthenticated, PermissionDenied, IO, OutOfMemory, Forked, Internal
    }

    /// <summary>One failure of the library. What a callback of yours threw is the InnerException.</summary>
    public class ArrayFormatException : Exception
    {
        internal ArrayFormatException(Failure failure) : base(failure.Message, failure.Cause)
        {
            Status = failure.Status;
            Errno = failure.Errno;
            HttpStatus = failure.HttpStatus;
        }

        /// <summary>An exception for a store of yours to throw.</summary>
        public static Exception Create(Status status, string message) { return Failure.Of(status, message); }

        public Status Status { get; }
        /// <summary>The operating system's errno behind it, 0 if there was none.</summary>
        public int Errno { get; }
        /// <summary>The HTTP status behind it, 0 if there was none.</summary>
        public int HttpStatus { get; }
    }

    public sealed class NotFoundException : ArrayFormatException { internal NotFoundException(Failure f) : base(f) { } }
    public sealed class AlreadyExistsException : ArrayFormatException { internal AlreadyExistsException(Failure f) : base(f) { } }
    public sealed class ArrayNotFoundException : ArrayFormatException { internal ArrayNotFoundException(Failure f) : base(f) { } }
    public sealed class ArrayAlreadyExistsException : ArrayFormatException { internal ArrayAlreadyExistsException(Failure f) : base(f) { } }
    public sealed class DatasetNotFoundException : ArrayFormatException { internal DatasetNotFoundException(Failure f) : base(f) { } }
    public sealed class DatasetAlreadyExistsException : ArrayFormatException { internal DatasetAlreadyExistsException(Failure f) : base(f) { } }
    public sealed class AttributeNotFoundException : ArrayFormatException { internal AttributeNotFoundException(Failure f) : base(f) { } }
    public sealed class InvalidNameException : ArrayFormatException { internal InvalidNameException(Failure f) : base(f) { } }
    public sealed class InvalidArgumentException : ArrayFormatException { internal InvalidArgumentException(Failure f) : base(f) { } }
    public sealed class DataTypeMismatchException : ArrayFormatException { internal DataTypeMismatchException(Failure f) : base(f) { } }
    public sealed class OutOfBoundsException : ArrayFormatException { internal OutOfBoundsException(Failure f) : base(f) { } }
    public sealed class LimitExceededException : ArrayFormatException { internal LimitExceededException(Failure f) : base(f) { } }
    public sealed class CorruptException : ArrayFormatException { internal CorruptException(Failure f) : base(f) { } }
    public sealed class UnsupportedException : ArrayFormatException { internal UnsupportedException(Failure f) : base(f) { } }
    public sealed class ReadOnlyException : ArrayFormatException { internal ReadOnlyException(Failure f) : base(f) { } }
    public sealed class ConflictException : ArrayFormatException { internal ConflictException(Failure f) : base(f) { } }
    public sealed class StaleException : ArrayFormatException { internal StaleException(Failure f) : base(f) { } }
    /// <summary>A progress callback said so. A CancellationToken makes an OperationCanceledException.</summary>
    public sealed class CancelledException : ArrayFormatException { internal CancelledException(Failure f) : base(f) { } }
    public sealed class TimedOutException : ArrayFormatException { internal TimedOutException(Failure f) : base(f) { } }
    public sealed class UnauthenticatedException : ArrayFormatException { internal UnauthenticatedException(Failure f) : base(f) { } }
    public sealed class PermissionDeniedException : ArrayFormatException { internal PermissionDeniedException(Failure f) : base(f) { } }
    public sealed class StorageException : ArrayFormatException { internal StorageException(Failure f) : base(f) { } }

    /// <summary>What a call answered that failed, before it is an exception.</summary>
    internal sealed class Failure
    {
        internal Status Status;
        internal string Message;
        internal int Errno, HttpStatus;
        internal Exception Cause;

        internal Failure(Status status, string message)
        {
            Status = status;
            Message = message;
        }

        /// <summary>Takes what a call answered, and frees it.</summary>
        internal static Failure Take(IntPtr failure)
        {
            if ((long)failure <= (long)Status.Internal && (long)failure > 0)
                return new Failure((Status)(int)failure, "the library had no memory for a message");
            try
            {
                return new Failure((Status)(int)Raw.af_error_code(failure), Native.Text(Raw.af_error_message(failure)))
                {
                    Errno = Raw.af_error_os_errno(failure),
                    HttpStatus = Raw.af_error_http_status(failure)
                };
            }
            finally { Raw.af_error_free(failure); }
        }

        internal static Exception Of(Status status, string message) { return new Failure(status, message).Exception(); }

        internal Exception Exception()
        {
            switch (Status)
            {
                case Status.NotFound: return new NotFoundException(this);
                case Status.AlreadyExists: return new AlreadyExistsException(this);
                case Status.ArrayNotFound: return new ArrayNotFoundException(this);
                case Status.ArrayAlreadyExists: return new ArrayAlreadyExistsException(this);
                case Status.DatasetNotFound: return new DatasetNotFoundException(this);
                case Status.DatasetAlreadyExists: return new DatasetAlreadyExistsException(this);
                case Status.AttributeNotFound: return new AttributeNotFoundException(this);
                case Status.InvalidName: return new InvalidNameException(this);
                case Status.InvalidArgument: return new InvalidArgumentException(this);
                case Status.DataTypeMismatch: return new DataTypeMismatchException(this);
                case Status.OutOfBounds: return new OutOfBoundsException(this);
                case Status.LimitExceeded: return new LimitExceededException(this);
                case Status.Corrupt: return new CorruptException(this);
                case Status.Unsupported: return new UnsupportedException(this);
                case Status.ReadOnly: return new ReadOnlyException(this);
                case Status.Conflict: return new ConflictException(this);
                case Status.Stale: return new StaleException(this);
                case Status.Cancelled: return new CancelledException(this);
                case Status.TimedOut: return new TimedOutException(this);
                case Status.Unauthenticated: return new UnauthenticatedException(this);
                case Status.PermissionDenied: return new PermissionDeniedException(this);
                case Status.IO: return new StorageException(this);
                case Status.OutOfMemory: return new OutOfMemoryException(Message, Cause);
                default: return new ArrayFormatException(this);
            }
        }
    }
}
