using System;
using System.Threading;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>
    /// What is closed by Dispose, in any order and as often as one likes, or else by the collector. Closing never writes: what was not
    /// flushed is dropped. Any method may be called from any thread, that of Dispose during the others too.
    /// </summary>
    public abstract class Living : IDisposable
    {
        private readonly Handle handle;

        internal Living(IntPtr handle, Action<IntPtr> close, KeptStore store)
        {
            this.handle = new Handle(handle, close);
            Store = store;
        }

        /// <summary>The caller's store that it lies in, if it is one.</summary>
        internal KeptStore Store { get; }

        internal IntPtr Pointer { get { return handle.Value; } }

        public virtual void Dispose() { handle.Dispose(); }

        /// <summary>Throws what a call with this handle answered. The handle lives until then.</summary>
        internal void Check(IntPtr failure)
        {
            if (failure != IntPtr.Zero) throw Explained(Failure.Take(failure));
            GC.KeepAlive(this);
        }

        /// <summary>Copies a text that the library lends until the handle is closed, which waits.</summary>
        internal string Borrow(Func<long[], IntPtr> ask)
        {
            var added = false;
            try
            {
                handle.DangerousAddRef(ref added);
                var text = new long[2];
                Check(ask(text));
                return Native.Text((IntPtr)text[0], text[1]);
            }
            finally
            {
                if (added) handle.DangerousRelease();
            }
        }

        /// <summary>Adds what only this side knows.</summary>
        internal Exception Explained(Failure failure)
        {
            if (handle.IsClosed && failure.Status == Status.InvalidArgument) return new ObjectDisposedException(GetType().Name, failure.Message);
            failure.Cause = Cause(failure.Status);
            return failure.Exception();
        }

        internal virtual Exception Cause(Status status) { return Store == null ? null : Store.Take(status); }

        /// <summary>Makes a call that ends when the token says so.</summary>
        internal void Run(CancellationToken token, Func<IntPtr, IntPtr> call)
        {
            using (var cancellable = new Call(token))
            {
                var failure = call(cancellable.Value);
                if (failure != IntPtr.Zero) throw cancellable.Explained(Explained(Failure.Take(failure)));
            }
            GC.KeepAlive(this);
        }
    }

    /// <summary>What has a progress callback.</summary>
    public abstract class Progressing : Living
    {
        private Progress progress;

        internal Progressing(IntPtr handle, Action<IntPtr> close, KeptStore store) : base(handle, close, store) { }

        ~Progressing() { Drop(Interlocked.Exchange(ref progress, null)); }

        public override void Dispose()
        {
            base.Dispose();
            Drop(Interlocked.Exchange(ref progress, null));
            GC.SuppressFinalize(this);
        }

        /// <summary>
        /// Sets what is told now and then how much of a long call is done, in units that are the call's own; total may grow. An answer of
        /// false cancels the call; what is thrown does so too, and becomes the CancelledException's InnerException. Null: nothing is told.
        /// It must not use the handle, but to dispose of it.
        /// </summary>
        public virtual void SetProgress(Func<long, long, bool> call)
        {
            var now = call == null ? null : new Progress(call);
            try { Check(Set(now == null ? IntPtr.Zero : now.Number)); }
            catch
            {
                Drop(now);
                throw;
            }
            Drop(Interlocked.Exchange(ref progress, now));
        }

        internal abstract IntPtr Set(IntPtr number);

        internal override Exception Cause(Status status)
        {
            var told = Volatile.Read(ref progress);
            return (told != null && status == Status.Cancelled ? told.Take() : null) ?? base.Cause(status);
        }

        internal static void Drop(Progress progress)
        {
            if (progress != null) Callbacks.Drop(progress.Number);
        }
    }
}
