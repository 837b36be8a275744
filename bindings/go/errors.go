package arrayformat

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"unsafe"

	"arrayformat.org/go/internal/raw"
)

// Status says what kind of failure an [Error] is. It is itself an error, for errors.Is(err, arrayformat.NotFound).
type Status int32

// The numbers are those of the header.
const (
	NotFound Status = 1 + iota
	AlreadyExists
	ArrayNotFound
	ArrayAlreadyExists
	DatasetNotFound
	DatasetAlreadyExists
	AttributeNotFound
	InvalidName
	InvalidArgument
	DataTypeMismatch
	OutOfBounds
	LimitExceeded
	Corrupt
	Unsupported
	ReadOnly
	Conflict
	Stale
	Cancelled
	TimedOut
	Unauthenticated
	PermissionDenied
	IO
	OutOfMemory
	Forked
	Internal
)

// Error answers the status's name, such as "not-found".
func (s Status) Error() string { return goText(raw.Af_status_name(uintptr(uint32(s)))) }

// Error is one failure of the library.
type Error struct {
	Status Status
	// Message is one line that says what failed, where, what was expected and what was found.
	Message string
	// Errno and HTTPStatus are what is behind it, 0 if nothing is.
	Errno      syscall.Errno
	HTTPStatus int
	cause      error
}

func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Status.Error(), e.Message, e.cause)
	}
	return e.Status.Error() + ": " + e.Message
}

// Unwrap answers what a callback failed with, what ended a context, or the errno.
func (e *Error) Unwrap() error {
	if e.cause != nil {
		return e.cause
	}
	if e.Errno != 0 {
		return e.Errno
	}
	return nil
}

// Is tells that the error is of a status, or of what the standard library calls it.
func (e *Error) Is(target error) bool {
	switch target {
	case fs.ErrNotExist:
		return e.Status == NotFound
	case fs.ErrExist:
		return e.Status == AlreadyExists
	case fs.ErrPermission:
		return e.Status == PermissionDenied || e.Status == Unauthenticated
	case context.Canceled:
		return e.Status == Cancelled && e.cause == nil
	case context.DeadlineExceeded:
		return e.Status == TimedOut
	}
	return target == error(e.Status)
}

// PanicError is what a callback panicked with. The panic ends in the callback, whose caller is the library.
type PanicError struct {
	Value any
	Stack []byte
}

func (e *PanicError) Error() string { return fmt.Sprintf("a callback panicked: %v", e.Value) }

// fault is an error of this package's own.
func fault(status Status, format string, arguments ...any) error {
	return &Error{Status: status, Message: fmt.Sprintf(format, arguments...)}
}

// taken makes an error of what a call answered, and frees that.
func taken(failure uintptr) *Error {
	if failure <= uintptr(Internal) {
		return &Error{Status: Status(failure), Message: "the library had no memory for a message"}
	}
	defer raw.Af_error_free(failure)
	return &Error{
		Status:     Status(raw.Af_error_code(failure)),
		Message:    goText(raw.Af_error_message(failure)),
		Errno:      syscall.Errno(raw.Af_error_os_errno(failure)),
		HTTPStatus: raw.Af_error_http_status(failure),
	}
}

func check(failure uintptr) error {
	if failure == 0 {
		return nil
	}
	return taken(failure)
}

// statusOf is what a callback's error is to the library.
func statusOf(err error) Status {
	var status Status
	var ours *Error
	switch {
	case err == nil:
		return 0
	case errors.As(err, &ours):
		return ours.Status
	case errors.As(err, &status):
		return status
	case errors.Is(err, fs.ErrNotExist):
		return NotFound
	case errors.Is(err, fs.ErrPermission):
		return PermissionDenied
	case errors.Is(err, context.Canceled):
		return Cancelled
	case errors.Is(err, context.DeadlineExceeded):
		return TimedOut
	}
	return IO
}

// Version answers the library's version, such as "0.1.0".
func Version() string { return goText(raw.Af_version_text()) }

// VersionNumber answers major * 1,000,000 + minor * 1,000 + patch, and the number of the ABI.
func VersionNumber() (version, abi int) { return raw.Af_version(), raw.Af_abi_version() }

// goText copies a text that ends in a NUL.
func goText(data unsafe.Pointer) string {
	if data == nil {
		return ""
	}
	length := 0
	for *(*byte)(unsafe.Add(data, length)) != 0 {
		length++
	}
	return string(unsafe.Slice((*byte)(data), length))
}

// textAt copies a text of the library's.
func textAt(data unsafe.Pointer, length int64) string {
	if length == 0 {
		return ""
	}
	return string(unsafe.Slice((*byte)(data), length))
}

// copyOf copies count elements of the library's.
func copyOf[T any](data unsafe.Pointer, count int64) []T {
	found := make([]T, count)
	if count > 0 {
		copy(found, unsafe.Slice((*T)(data), count))
	}
	return found
}

// at borrows count elements of the library's.
func at[T any](data unsafe.Pointer, count int64) []T {
	if data == nil {
		return nil
	}
	return unsafe.Slice((*T)(data), count)
}

// addressOf is where a slice's elements are, and their length in bytes.
func addressOf[T any](elements []T) (unsafe.Pointer, int64) {
	var element T
	return unsafe.Pointer(unsafe.SliceData(elements)), int64(len(elements)) * int64(unsafe.Sizeof(element))
}
