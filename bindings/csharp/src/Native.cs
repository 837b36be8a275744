using System;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>Texts, copies and memory on the way to the library and back.</summary>
    internal static class Native
    {
        private static readonly UTF8Encoding Strict = new UTF8Encoding(false, true);

        static Native() { Callbacks.Register(); }

        /// <summary>Makes sure that callbacks are registered.</summary>
        internal static void Ready() { }

        /// <summary>A text as the raw tier takes it: its length, then its bytes.</summary>
        internal static byte[] Bytes(string text)
        {
            if (text == null) throw new ArgumentNullException(nameof(text));
            byte[] bytes;
            try
            {
                bytes = new byte[8 + Strict.GetByteCount(text)];
                Strict.GetBytes(text, 0, text.Length, bytes, 8);
            }
            catch (EncoderFallbackException)
            {
                throw Failure.Of(Status.InvalidName, "a text with half a surrogate pair");
            }
            BitConverterWrite(bytes, bytes.Length - 8);
            return bytes;
        }

        private static unsafe void BitConverterWrite(byte[] bytes, long number)
        {
            fixed (byte* first = bytes) *(long*)first = number;
        }

        internal static unsafe string Text(IntPtr text)
        {
            if (text == IntPtr.Zero) return "";
            var length = 0;
            while (((byte*)text)[length] != 0) length++;
            return Text(text, length);
        }

        internal static unsafe string Text(IntPtr text, long length)
        {
            return length == 0 ? "" : Encoding.UTF8.GetString((byte*)text, checked((int)length));
        }

        internal static unsafe long[] Longs(IntPtr numbers, long count)
        {
            var copy = new long[count];
            for (long i = 0; i < count; i++) copy[i] = ((long*)numbers)[i];
            return copy;
        }

        internal static byte[] Bytes(IntPtr bytes, long count)
        {
            var copy = new byte[count];
            if (count > 0) Marshal.Copy(bytes, copy, 0, checked((int)count));
            return copy;
        }

        internal static void Check(IntPtr failure)
        {
            if (failure != IntPtr.Zero) throw Failure.Take(failure).Exception();
        }

        internal static int Rank(Region region, long[] strides)
        {
            if (strides == null || strides.Length == region.Rank) return region.Rank;
            if (region.IsAll) return strides.Length;
            throw Failure.Of(Status.InvalidArgument, strides.Length + " strides for a region of rank " + region.Rank);
        }
    }

    /// <summary>A handle that is closed when it is disposed of, or by the collector. The library knows when it was closed.</summary>
    internal sealed class Handle : SafeHandle
    {
        private readonly Action<IntPtr> close;

        internal Handle(IntPtr handle, Action<IntPtr> close) : base(IntPtr.Zero, true)
        {
            SetHandle(handle);
            this.close = close;
        }

        public override bool IsInvalid { get { return handle == IntPtr.Zero; } }

        internal IntPtr Value { get { return handle; } }

        protected override bool ReleaseHandle()
        {
            close(handle);
            return true;
        }
    }

    /// <summary>A call that a CancellationToken ends.</summary>
    internal struct Call : IDisposable
    {
        private readonly CancellationToken token;
        private CancellationTokenRegistration registration;

        /// <summary>What the raw tier is given; null for a token that cannot be cancelled.</summary>
        internal IntPtr Value { get; private set; }

        internal Call(CancellationToken token) : this()
        {
            this.token = token;
            if (!token.CanBeCanceled) return;
            token.ThrowIfCancellationRequested();
            var call = Marshal.AllocHGlobal(4);
            Marshal.WriteInt32(call, 0);
            Value = call;
            registration = token.Register(() => Marshal.WriteInt32(call, 1));
        }

        /// <summary>The exception for a failure: a cancelled one is the token's.</summary>
        internal Exception Explained(Exception failure)
        {
            return failure is CancelledException && failure.InnerException == null && token.IsCancellationRequested
                ? new OperationCanceledException(failure.Message, failure, token) : failure;
        }

        public void Dispose()
        {
            if (Value == IntPtr.Zero) return;
            // It waits for the callback, should that be running.
            registration.Dispose();
            Marshal.FreeHGlobal(Value);
        }
    }

    /// <summary>What C knows by a number, and what it calls.</summary>
    internal static class Callbacks
    {
        private static readonly ConcurrentDictionary<long, object> Kept = new ConcurrentDictionary<long, object>();
        private static long last;

        internal static IntPtr Keep(object what)
        {
            var number = Interlocked.Increment(ref last);
            Kept[number] = what;
            return (IntPtr)number;
        }

        internal static void Drop(IntPtr number)
        {
            object dropped;
            Kept.TryRemove((long)number, out dropped);
        }

        /// <summary>What the library does when it is done with a number.</summary>
        internal static void Release(IntPtr number)
        {
            object released;
            if (Kept.TryRemove((long)number, out released) && released is IDisposable) ((IDisposable)released).Dispose();
        }

        private static T Find<T>(IntPtr number) where T : class
        {
            object found;
            return Kept.TryGetValue((long)number, out found) ? found as T : null;
        }

        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate int ProgressFn(IntPtr number, long done, long total);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate int StatFn(IntPtr number, IntPtr key, long keyLen, IntPtr size, IntPtr token);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate int GetFn(IntPtr number, IntPtr key, long keyLen, IntPtr token, long offset, IntPtr dst, long dstLen);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate int PutFn(IntPtr number, IntPtr key, long keyLen, IntPtr src, long srcLen, int condition, IntPtr token, IntPtr newToken);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate int RemoveFn(IntPtr number, IntPtr key, long keyLen, IntPtr token);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate int ListFn(IntPtr number, IntPtr prefix, long prefixLen, IntPtr emit, IntPtr emitContext);
        [UnmanagedFunctionPointer(CallingConvention.Cdecl)]
        private delegate void ReleaseFn(IntPtr number);

        /// <summary>af_store_callbacks, with functions for pointers.</summary>
        [StructLayout(LayoutKind.Sequential)]
        private struct StoreCallbacks
        {
            internal uint StructSize, Reserved;
            internal IntPtr Context;
            internal IntPtr Stat, Get, Put, Remove, List, Release;
        }

        [DllImport("arrayformat-csharp")]
        private static extern void af_cs_register(ref StoreCallbacks store, ProgressFn progress);
        [DllImport("arrayformat-csharp")]
        private static extern int af_cs_emit(IntPtr emit, IntPtr emitContext, byte[] key, long keyLen, long size);

        // C keeps their addresses.
        private static readonly ProgressFn OnProgress = (number, done, total) =>
        {
            var progress = Find<Progress>(number);
            return progress != null && progress.Told(done, total) ? 1 : 0;
        };
        private static readonly StatFn OnStat = (number, key, keyLen, size, token) => Guarded(number, store =>
        {
            var found = store.Objects.Stat(Native.Text(key, keyLen));
            Marshal.WriteInt64(size, found.Size);
            GiveToken(found.Token, token);
        });
        private static readonly GetFn OnGet = (number, key, keyLen, token, offset, dst, dstLen) => Guarded(number, store =>
        {
            unsafe { store.Objects.Get(Native.Text(key, keyLen), Native.Text(token), offset, new Span<byte>((void*)dst, checked((int)dstLen))); }
        });
        private static readonly PutFn OnPut = (number, key, keyLen, src, srcLen, condition, token, newToken) => Guarded(number, store =>
        {
            unsafe
            {
                var data = new ReadOnlySpan<byte>((void*)src, checked((int)srcLen));
                GiveToken(store.Objects.Put(Native.Text(key, keyLen), data, (PutCondition)condition,
                                            token == IntPtr.Zero ? null : Native.Text(token)), newToken);
            }
        });
        private static readonly RemoveFn OnRemove = (number, key, keyLen, token) => Guarded(number, store =>
            store.Objects.Remove(Native.Text(key, keyLen), token == IntPtr.Zero ? null : Native.Text(token)));
        private static readonly ListFn OnList = (number, prefix, prefixLen, emit, emitContext) =>
        {
            var answer = 0;
            var status = Guarded(number, store =>
            {
                foreach (var found in store.Objects.List(Native.Text(prefix, prefixLen)))
                {
                    var key = Encoding.UTF8.GetBytes(found.Key);
                    answer = af_cs_emit(emit, emitContext, key, key.Length, found.Value);
                    if (answer != 0) return;
                }
            });
            return status != 0 ? status : answer;
        };
        private static readonly ReleaseFn OnRelease = Release;

        internal static void Register()
        {
            var store = new StoreCallbacks
            {
                StructSize = (uint)Marshal.SizeOf(typeof(StoreCallbacks)),
                Stat = Marshal.GetFunctionPointerForDelegate(OnStat),
                Get = Marshal.GetFunctionPointerForDelegate(OnGet),
                Put = Marshal.GetFunctionPointerForDelegate(OnPut),
                Remove = Marshal.GetFunctionPointerForDelegate(OnRemove),
                List = Marshal.GetFunctionPointerForDelegate(OnList),
                Release = Marshal.GetFunctionPointerForDelegate(OnRelease)
            };
            af_cs_register(ref store, OnProgress);
        }

        /// <summary>Nothing may be thrown through the library.</summary>
        private static int Guarded(IntPtr number, Action<KeptStore> call)
        {
            var store = Find<KeptStore>(number);
            if (store == null) return (int)Status.Internal;
            try
            {
                call(store);
                return 0;
            }
            catch (Exception thrown) { return (int)store.Keep(thrown); }
        }

        private static void GiveToken(string token, IntPtr to)
        {
            var bytes = Encoding.UTF8.GetBytes(token);
            if (bytes.Length > 63 || Array.IndexOf(bytes, (byte)0) >= 0)
                throw Failure.Of(Status.InvalidArgument, "a version token of over 63 bytes, or with a NUL");
            Marshal.Copy(bytes, 0, to, bytes.Length);
            Marshal.WriteByte(to, bytes.Length, 0);
        }
    }

    /// <summary>A progress callback with what it threw.</summary>
    internal sealed class Progress
    {
        private readonly Func<long, long, bool> call;
        private Exception thrown;

        internal Progress(Func<long, long, bool> call)
        {
            this.call = call;
            Number = Callbacks.Keep(this);
        }

        internal IntPtr Number { get; }

        internal bool Told(long done, long total)
        {
            try { return !call(done, total); }
            catch (Exception thrown)
            {
                Volatile.Write(ref this.thrown, thrown);
                return true;
            }
        }

        internal Exception Take() { return Interlocked.Exchange(ref thrown, null); }
    }

    /// <summary>A store of the caller's, with what it threw last, by status: the library passes nothing but that.</summary>
    internal sealed class KeptStore
    {
        private readonly ConcurrentDictionary<Status, Exception> thrown = new ConcurrentDictionary<Status, Exception>();

        internal KeptStore(IObjectStore objects) { Objects = objects; }

        internal IObjectStore Objects { get; }

        internal Status Keep(Exception exception)
        {
            var ours = exception as ArrayFormatException;
            var status = ours != null ? ours.Status
                : exception is System.IO.FileNotFoundException || exception is System.Collections.Generic.KeyNotFoundException ? Status.NotFound
                : exception is UnauthorizedAccessException ? Status.PermissionDenied
                : exception is OperationCanceledException ? Status.Cancelled
                : exception is TimeoutException ? Status.TimedOut : Status.IO;
            thrown[status] = exception;
            return status;
        }

        internal Exception Take(Status status)
        {
            Exception found;
            return thrown.TryRemove(status, out found) ? found : null;
        }
    }
}
