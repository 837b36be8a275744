// Package arrayformat keeps very many n-dimensional arrays in few files: [File] holds arrays in one stack of layers, [Atlas] thousands
// of datasets in one store, [Mmap] one array in a mapped file.
//
// It is a thin tier over the C library, which pkg-config must find when a program is built: `pkg-config arrayformat`. The header
// arrayformat.h is the manual of everything that is not said here; the names are its names.
//
// Where a path of a file or an atlas is asked for, a URL will do as well, as in [OpenURL].
//
// Living handles ([File], [Atlas], [Dataset], [Store], [Cache], [Mmap], [View]) are closed by Close, in any order and as often as one
// likes; one that is forgotten is closed by the collector. Closing never writes: what was not flushed is dropped. Any method may be
// called from any goroutine. A method of a closed handle answers an error that is [fs.ErrClosed].
//
// Errors are *[Error]; errors.Is tells them by [Status], and by [fs.ErrNotExist] and its like. What a callback of yours answered, or
// that it panicked, is found in the error by errors.Is and errors.As, too.
//
// Calls that may take long take a context. When it is done the call ends with [Cancelled], and nothing has changed on disk.
package arrayformat
