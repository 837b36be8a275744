package arrayformat

import (
	"context"
	"io/fs"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"arrayformat.org/go/internal/raw"
)

// living is a handle of the library's, which may be used after it was closed: the library says so then, and so no lock is needed.
type living struct {
	handle  uintptr
	closed  atomic.Bool
	cleanup runtime.Cleanup
	close   func(handle uintptr)
	hooks   *hooks
	// What the library lends lasts until the handle is closed: closing waits for who copies it.
	lending sync.RWMutex
}

// hooks are the callbacks behind a handle, shared by those made from it.
type hooks struct {
	progress atomic.Pointer[progress]
	store    *storeErrors
}

type progress struct {
	call   ProgressFunc
	number uintptr
	failed atomic.Pointer[error]
}

// ProgressFunc is told now and then how much of a long call is done, in units that are the call's own; total may grow. An error ends the
// call, which then answers it within a [Cancelled] error. It must not use the handle, but to close it.
type ProgressFunc func(done, total int64) error

// adopt gives a handle to its owner, whose collection closes it; living is a part of the owner.
func adopt[Owner any](owner *Owner, l *living, handle uintptr, close func(handle uintptr), hooks *hooks) *Owner {
	l.handle, l.close, l.hooks = handle, close, hooks
	l.cleanup = runtime.AddCleanup(owner, close, handle)
	return owner
}

// Close ends the handle, and drops what was not flushed. It always answers nil, and may be called again.
func (l *living) Close() error {
	if l.closed.Swap(true) {
		return nil
	}
	l.cleanup.Stop()
	l.lending.Lock()
	defer l.lending.Unlock()
	l.close(l.handle)
	runtime.KeepAlive(l)
	return nil
}

// check makes an error of what a call with this handle answered. The handle lives until then.
func (l *living) check(failure uintptr) error {
	if failure == 0 {
		runtime.KeepAlive(l)
		return nil
	}
	return l.explained(taken(failure))
}

// borrowed copies a text that the library lends until the handle is closed.
func (l *living) borrowed(ask func(handle uintptr, out *raw.Text, call uintptr) uintptr) (string, error) {
	l.lending.RLock()
	defer l.lending.RUnlock()
	var found raw.Text
	if err := l.check(ask(l.handle, &found, 0)); err != nil {
		return "", err
	}
	text := textAt(found.Data, found.Len)
	runtime.KeepAlive(l)
	return text, nil
}

// explained adds what only this side knows.
func (l *living) explained(err *Error) error {
	if l.closed.Load() && err.Status == InvalidArgument {
		err.cause = fs.ErrClosed
		return err
	}
	if l.hooks == nil {
		return err
	}
	if progress := l.hooks.progress.Load(); progress != nil && err.Status == Cancelled {
		if failed := progress.failed.Swap(nil); failed != nil {
			err.cause = *failed
		}
	}
	if l.hooks.store != nil && err.cause == nil {
		err.cause = l.hooks.store.take(err.Status)
	}
	return err
}

// run makes a call that ends when the context does.
func (l *living) run(ctx context.Context, do func(call uintptr) uintptr) error {
	if ctx.Done() == nil {
		return l.check(do(0))
	}
	failure, err := cancellable(ctx, do)
	if err != nil {
		return err
	}
	if failure == 0 {
		runtime.KeepAlive(l)
		return nil
	}
	return ended(ctx, l.explained(taken(failure)))
}

// cancellable makes a call that ends when the context does; the error is of a context that was done before.
func cancellable(ctx context.Context, do func(call uintptr) uintptr) (uintptr, error) {
	if ctx.Err() != nil {
		return 0, &Error{Status: Cancelled, Message: "the context was done before the call", cause: context.Cause(ctx)}
	}
	if ctx.Done() == nil {
		return do(0), nil
	}
	call := raw.NewCall()
	over := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		raw.Cancel(call)
		close(over)
	})
	defer func() {
		if !stop() {
			<-over
		}
		raw.FreeCall(call)
	}()
	return do(call), nil
}

// ended names the context's cause in an error of a call that it ended.
func ended(ctx context.Context, err error) error {
	if ours, ok := err.(*Error); ok && ours.Status == Cancelled && ours.cause == nil && ctx.Err() != nil {
		ours.cause = context.Cause(ctx)
	}
	return err
}

// setProgress keeps a callback, or none, for calls of a handle.
func (l *living) setProgress(call ProgressFunc, set func(handle, number, call uintptr) uintptr) error {
	var now *progress
	var number uintptr
	if call != nil {
		now = newProgress(call)
		number = now.number
	}
	if err := l.check(set(l.handle, number, 0)); err != nil {
		raw.Drop(number)
		return err
	}
	if before := l.hooks.progress.Swap(now); before != nil {
		raw.Drop(before.number)
	}
	return nil
}

func newProgress(call ProgressFunc) *progress {
	made := &progress{call: call}
	made.number = raw.Keep(raw.Progress(made.told))
	return made
}

func (p *progress) told(done, total int64) (stop bool) {
	err := guarded(func() error { return p.call(done, total) })
	if err != nil {
		p.failed.Store(&err)
	}
	return err != nil
}

// guarded makes an error of a panic: the library is not to be unwound.
func guarded(call func() error) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return call()
}

// dropped is the end of hooks whose handle is gone.
func (h *hooks) drop() {
	if progress := h.progress.Swap(nil); progress != nil {
		raw.Drop(progress.number)
	}
}
