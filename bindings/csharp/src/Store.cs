using System;
using System.Collections.Generic;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    public enum PutCondition
    {
        Always,
        /// <summary>Else Conflict.</summary>
        IfAbsent,
        /// <summary>The object must have the token that is given, else Conflict.</summary>
        IfMatch
    }

    /// <summary>The size of an object, and its version token.</summary>
    public readonly struct ObjectVersion
    {
        public ObjectVersion(long size, string token)
        {
            Size = size;
            Token = token;
        }

        public long Size { get; }
        public string Token { get; }
    }

    /// <summary>
    /// A store of the caller's. Its methods may be called from several threads at once. What they throw is told by its status (see
    /// ArrayFormatException.Create); a KeyNotFoundException is NotFound, others are IO. Spans are the library's, for the call only. A
    /// token changes whenever the object does and never comes back; it is shorter than 64 bytes. A put must be atomic and, once it has
    /// returned, durable. Any number of writers may share a store that honours conditions and tokens; one that returns without having
    /// honoured them loses data.
    /// </summary>
    public interface IObjectStore
    {
        /// <summary>NotFound if it is not there.</summary>
        ObjectVersion Stat(string key);
        /// <summary>Fills dst from the offset. The object must still have this token, else Stale.</summary>
        void Get(string key, string token, long offset, Span<byte> dst);
        /// <summary>Stores an object whole and answers its version token. The token that is given counts for IfMatch.</summary>
        string Put(string key, ReadOnlySpan<byte> data, PutCondition condition, string token);
        /// <summary>NotFound, or Conflict if the token is not null and not its token.</summary>
        void Remove(string key, string token);
        /// <summary>The keys that begin with the prefix and their sizes, in any order.</summary>
        IEnumerable<KeyValuePair<string, long>> List(string prefix);
    }

    /// <summary>A place that holds objects under keys: a folder, memory, or an IObjectStore.</summary>
    public sealed class Store : Living
    {
        private Store(IntPtr handle, KeptStore kept) : base(handle, Raw.af_store_close, kept) { }

        /// <summary>A folder, which need not exist.</summary>
        public static Store OpenLocal(string folder)
        {
            IntPtr made;
            Native.Check(Raw.af_store_open_local(Native.Bytes(folder), out made, IntPtr.Zero));
            return new Store(made, null);
        }

        /// <summary>
        /// What lies below a URL, such as s3://bucket/prefix or https://host/path. Nothing is asked of the service yet. The options come
        /// on top of those in the environment's AF_STORE_OPTIONS; docs/stores.md of the source tree lists them. Where a path of a file or
        /// of an atlas is asked for, a URL will do as well.
        /// </summary>
        public static Store OpenUrl(string url, IReadOnlyDictionary<string, string> options = null)
        {
            var lines = new List<string>();
            foreach (var option in options ?? new Dictionary<string, string>())
            {
                if (option.Key.IndexOfAny(new[] { '=', '\n' }) >= 0 || option.Value.Contains("\n"))
                    throw Failure.Of(Status.InvalidArgument, "the option '" + option.Key + "' and its value must be one line");
                lines.Add(option.Key + "=" + option.Value);
            }
            IntPtr made;
            Native.Check(Raw.af_store_open_url(Native.Bytes(url), Native.Bytes(string.Join("\n", lines)), out made, IntPtr.Zero));
            return new Store(made, null);
        }

        /// <summary>An empty store in memory, gone with its last user.</summary>
        public static Store CreateMemory()
        {
            IntPtr made;
            Native.Check(Raw.af_store_create_memory(out made, IntPtr.Zero));
            return new Store(made, null);
        }

        /// <summary>A store behind an IObjectStore, which is kept until the last user of the store is gone.</summary>
        public static Store Create(IObjectStore objects)
        {
            if (objects == null) throw new ArgumentNullException(nameof(objects));
            Native.Ready();
            var kept = new KeptStore(objects);
            var number = Callbacks.Keep(kept);
            IntPtr made;
            var failure = Raw.af_store_create_callbacks(number, out made, IntPtr.Zero);
            if (failure != IntPtr.Zero) Callbacks.Drop(number);
            Native.Check(failure);
            return new Store(made, kept);
        }

        /// <summary>A whole object.</summary>
        public byte[] Get(string key)
        {
            IntPtr found;
            Check(Raw.af_store_get(Pointer, Native.Bytes(key), out found, IntPtr.Zero));
            return Pieces.Take(found).Data;
        }

        /// <summary>Stores a whole object; AlreadyExists where IfAbsent does not hold. IfMatch is not taken here.</summary>
        public unsafe void Put(string key, ReadOnlySpan<byte> data, PutCondition condition = PutCondition.Always)
        {
            fixed (byte* first = &System.Runtime.InteropServices.MemoryMarshal.GetReference(data))
                Check(Raw.af_store_put(Pointer, Native.Bytes(key), (IntPtr)first, data.Length, (int)condition, IntPtr.Zero));
        }

        public void Remove(string key) { Check(Raw.af_store_remove(Pointer, Native.Bytes(key), IntPtr.Zero)); }

        /// <summary>The keys that begin with the prefix and have no '/' after it, sorted by their bytes.</summary>
        public string[] List(string prefix)
        {
            IntPtr found;
            Check(Raw.af_store_list(Pointer, Native.Bytes(prefix), out found, IntPtr.Zero));
            return Pieces.Take(found).Texts();
        }
    }

    /// <summary>Decoded blocks for any number of files and atlases, which keep it alive.</summary>
    public sealed class BlockCache : Living
    {
        /// <summary>A cache of at most so many bytes.</summary>
        public BlockCache(long capacity) : base(Make(capacity), Raw.af_cache_close, null) { }

        private static IntPtr Make(long capacity)
        {
            IntPtr made;
            Native.Check(Raw.af_cache_create(capacity, out made, IntPtr.Zero));
            return made;
        }

        /// <summary>The bytes it holds now.</summary>
        public long Size
        {
            get
            {
                long size;
                Check(Raw.af_cache_size(Pointer, out size, IntPtr.Zero));
                return size;
            }
        }
    }
}
