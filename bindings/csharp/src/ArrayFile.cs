using System;
using System.Threading;
using System.Threading.Tasks;
using ArrayFormat.Interop;
using Microsoft.Win32.SafeHandles;

namespace ArrayFormat
{
    /// <summary>Names of arrays as the library takes them, for reading the same arrays time and again.</summary>
    public sealed class Names
    {
        public Names(params string[] names) { Packed = Pieces.Pack(names); }

        internal Pieces Packed { get; }
    }

    /// <summary>
    /// A stack: a base x.af and numbered sidecars, each an immutable layer. Changes gather until Flush commits them as a new layer. It
    /// shows the layers it opened and its own changes; others' after Refresh.
    /// </summary>
    public sealed partial class ArrayFile : Arrays
    {
        private ArrayFile(IntPtr handle, KeptStore store) : base(handle, Raw.af_file_close, store)
        {
            // Without a function of the caller's it is there for tokens.
            Check(Set(IntPtr.Zero));
        }

        internal override IntPtr Set(IntPtr number) { return Raw.af_file_set_progress(Pointer, number, IntPtr.Zero); }

        /// <summary>Creates an empty stack at a path that ends in ".af".</summary>
        public static unsafe ArrayFile Create(string path, ArrayFileOptions options = null)
        {
            Native.Ready();
            var given = ArrayFileOptions.Make(options);
            IntPtr made;
            Native.Check(Raw.af_file_create(Native.Bytes(path), (IntPtr)(&given), out made, IntPtr.Zero));
            return new ArrayFile(made, null);
        }

        /// <summary>Opens a stack.</summary>
        public static unsafe ArrayFile Open(string path, ArrayFileOptions options = null)
        {
            Native.Ready();
            var given = ArrayFileOptions.Make(options);
            IntPtr made;
            Native.Check(Raw.af_file_open(Native.Bytes(path), (IntPtr)(&given), out made, IntPtr.Zero));
            return new ArrayFile(made, null);
        }

        /// <summary>Creates an empty stack in a store, which it keeps alive.</summary>
        public static unsafe ArrayFile Create(Store store, string key, ArrayFileOptions options = null)
        {
            var given = ArrayFileOptions.Make(options);
            IntPtr made;
            store.Check(Raw.af_file_create_in(store.Pointer, Native.Bytes(key), (IntPtr)(&given), out made, IntPtr.Zero));
            return new ArrayFile(made, store.Store);
        }

        /// <summary>Opens a stack in a store, which it keeps alive.</summary>
        public static unsafe ArrayFile Open(Store store, string key, ArrayFileOptions options = null)
        {
            var given = ArrayFileOptions.Make(options);
            IntPtr made;
            store.Check(Raw.af_file_open_in(store.Pointer, Native.Bytes(key), (IntPtr)(&given), out made, IntPtr.Zero));
            return new ArrayFile(made, store.Store);
        }

        /// <summary>Creates a stack that is gone when it is disposed of.</summary>
        public static unsafe ArrayFile CreateMemory(ArrayFileOptions options = null)
        {
            Native.Ready();
            var given = ArrayFileOptions.Make(options);
            IntPtr made;
            Native.Check(Raw.af_file_create_memory((IntPtr)(&given), out made, IntPtr.Zero));
            return new ArrayFile(made, null);
        }

        /// <summary>
        /// Opens a base file that lies in memory, for reading. It is used in place: it must not change until the file is disposed of and
        /// nothing reads it any more.
        /// </summary>
        public static unsafe ArrayFile Open(ReadOnlyMemory<byte> memory, ArrayFileOptions options = null)
        {
            Native.Ready();
            var given = ArrayFileOptions.Make(options);
            var pinned = memory.Pin();
            var number = Callbacks.Keep(pinned);
            IntPtr made;
            var failure = Raw.af_file_open_buffer((IntPtr)pinned.Pointer, memory.Length, number, (IntPtr)(&given), out made, IntPtr.Zero);
            if (failure != IntPtr.Zero) Callbacks.Release(number);
            Native.Check(failure);
            return new ArrayFile(made, null);
        }

        /// <summary>
        /// Opens a base file of which only an open descriptor is at hand, for reading; it may be closed afterwards. A file has no sidecars
        /// here.
        /// </summary>
        public static unsafe ArrayFile Open(SafeFileHandle descriptor, ArrayFileOptions options = null)
        {
            Native.Ready();
            var given = ArrayFileOptions.Make(options);
            IntPtr made;
            Native.Check(Raw.af_file_open_descriptor((int)descriptor.DangerousGetHandle(), (IntPtr)(&given), out made, IntPtr.Zero));
            GC.KeepAlive(descriptor);
            return new ArrayFile(made, null);
        }

        /// <summary>Uses a cache for decoded blocks; null: its own again.</summary>
        public void SetCache(BlockCache cache)
        {
            Check(Raw.af_file_set_cache(Pointer, cache == null ? IntPtr.Zero : cache.Pointer, IntPtr.Zero));
            GC.KeepAlive(cache);
        }

        internal override IntPtr RawDefine(byte[] name, IntPtr schema) { return Raw.af_file_define(Pointer, name, schema, IntPtr.Zero); }
        internal override IntPtr RawDelete(byte[] name) { return Raw.af_file_delete(Pointer, name, IntPtr.Zero); }
        internal override IntPtr RawContains(byte[] name, out byte found) { return Raw.af_file_contains(Pointer, name, out found, IntPtr.Zero); }
        internal override IntPtr RawSchema(byte[] name, out IntPtr found) { return Raw.af_file_schema(Pointer, name, out found, IntPtr.Zero); }
        internal override IntPtr RawList(out IntPtr found) { return Raw.af_file_list(Pointer, out found, IntPtr.Zero); }
        internal override IntPtr RawStats(byte[] name, out IntPtr found) { return Raw.af_file_stats(Pointer, name, out found, IntPtr.Zero); }

        internal override IntPtr RawWrite(byte[] name, Region region, int rank, long[] strides, IntPtr data, long length, IntPtr call)
        {
            return Raw.af_file_write(Pointer, name, region.Start, region.Shape, rank, strides, data, length, call);
        }

        internal override IntPtr RawRead(byte[] name, Region region, int rank, long[] strides, IntPtr data, long length, IntPtr call)
        {
            return Raw.af_file_read(Pointer, name, region.Start, region.Shape, rank, strides, data, length, call);
        }

        internal override IntPtr RawWriteVariable(byte[] name, Region region, IntPtr data, long[] offsets, long count, IntPtr call)
        {
            return Raw.af_file_write_variable(Pointer, name, region.Start, region.Shape, region.Rank, data, offsets, count, call);
        }

        internal override IntPtr RawReadVariable(byte[] name, Region region, out IntPtr found, IntPtr call)
        {
            return Raw.af_file_read_variable(Pointer, name, region.Start, region.Shape, region.Rank, out found, call);
        }

        /// <summary>Changes an array's shape, but not its rank.</summary>
        public void Resize(string name, params long[] shape)
        {
            Check(Raw.af_file_resize(Pointer, Native.Bytes(name), shape, shape.Length, IntPtr.Zero));
        }

        /// <summary>The statistics of all arrays, in listing order.</summary>
        public Stats[] GetStats()
        {
            IntPtr found;
            Check(Raw.af_file_stats_all(Pointer, out found, IntPtr.Zero));
            return Stats.Take(found);
        }

        /// <summary>Sets an attribute of an array.</summary>
        public void SetAttribute(string name, string key, Value value)
        {
            Value.With(value, made => Check(Raw.af_file_set_attribute(Pointer, Native.Bytes(name), Native.Bytes(key), made, IntPtr.Zero)));
        }

        /// <summary>Sets an attribute of the file itself, which is one of an array "__file__".</summary>
        public void SetFileAttribute(string key, Value value)
        {
            Value.With(value, made => Check(Raw.af_file_set_file_attribute(Pointer, Native.Bytes(key), made, IntPtr.Zero)));
        }

        public void RemoveAttribute(string name, string key)
        {
            Check(Raw.af_file_remove_attribute(Pointer, Native.Bytes(name), Native.Bytes(key), IntPtr.Zero));
        }

        public Value GetAttribute(string name, string key)
        {
            IntPtr found;
            Check(Raw.af_file_get_attribute(Pointer, Native.Bytes(name), Native.Bytes(key), out found, IntPtr.Zero));
            return Value.Take(found);
        }

        /// <summary>All attributes of an array.</summary>
        public NamedValue[] GetAttributes(string name)
        {
            IntPtr found;
            Check(Raw.af_file_attributes(Pointer, Native.Bytes(name), out found, IntPtr.Zero));
            return NamedValue.Take(found);
        }

        /// <summary>One key of all arrays, in listing order.</summary>
        public NamedValue[] GetAttributeColumn(string key)
        {
            IntPtr found;
            Check(Raw.af_file_attribute_column(Pointer, Native.Bytes(key), out found, IntPtr.Zero));
            return NamedValue.Take(found);
        }

        /// <summary>
        /// Reads whole arrays of fixed width in one call, back to back in C order. Answers count + 1 offsets in bytes into the memory,
        /// which is memory if that is large enough, and else is replaced.
        /// </summary>
        public unsafe long[] ReadMany(Names names, ref byte[] memory, CancellationToken token = default(CancellationToken))
        {
            var all = names.Packed;
            var offsets = new long[all.Count + 1];
            using (var call = new Call(token))
            {
                // Memory that is too small is refused; then, and for any other fault, the sizes are asked for.
                if (memory != null && memory.Length > 0 && ReadManyInto(all, memory, offsets, call.Value) == IntPtr.Zero) return offsets;
                Check(Raw.af_file_read_many(Pointer, all.Data, all.Offsets, all.Count, IntPtr.Zero, 0, offsets, call.Value));
                if (memory == null || memory.Length < offsets[all.Count]) memory = new byte[offsets[all.Count]];
                if (offsets[all.Count] == 0) return offsets;
                var failure = ReadManyInto(all, memory, offsets, call.Value);
                if (failure != IntPtr.Zero) throw call.Explained(Explained(Failure.Take(failure)));
            }
            return offsets;
        }

        private unsafe IntPtr ReadManyInto(Pieces names, byte[] memory, long[] offsets, IntPtr call)
        {
            fixed (byte* first = memory)
            {
                var failure = Raw.af_file_read_many(Pointer, names.Data, names.Offsets, names.Count, (IntPtr)first, memory.Length, offsets, call);
                GC.KeepAlive(this);
                return failure;
            }
        }

        /// <summary>The coordinates of the chunks that were written, sorted.</summary>
        public long[][] GetChunks(string name)
        {
            IntPtr values;
            var count = new long[1];
            Check(Raw.af_file_chunks(Pointer, Native.Bytes(name), out values, count, IntPtr.Zero));
            var found = Pieces.Take(values);
            var chunks = new long[count[0]][];
            for (var i = 0; i < chunks.Length; i++)
            {
                chunks[i] = new long[(found.Offsets[i + 1] - found.Offsets[i]) / 8];
                Buffer.BlockCopy(found.Data, (int)found.Offsets[i], chunks[i], 0, chunks[i].Length * 8);
            }
            return chunks;
        }

        /// <summary>One chunk's payload.</summary>
        public byte[] ReadChunk(string name, params long[] coordinate)
        {
            IntPtr found;
            Check(Raw.af_file_read_chunk(Pointer, Native.Bytes(name), coordinate, coordinate.Length, out found, IntPtr.Zero));
            return Pieces.Take(found).Data;
        }

        /// <summary>Writes one chunk's payload as it is.</summary>
        public unsafe void WriteChunk(string name, byte[] payload, params long[] coordinate)
        {
            fixed (byte* first = payload)
                Check(Raw.af_file_write_chunk(Pointer, Native.Bytes(name), coordinate, coordinate.Length, (IntPtr)first, payload.Length, IntPtr.Zero));
        }

        /// <summary>Commits all changes as one new layer. Overlapping changes of another writer are a ConflictException.</summary>
        public void Flush(CancellationToken token = default(CancellationToken)) { Run(token, call => Raw.af_file_flush(Pointer, call)); }

        public Task FlushAsync(CancellationToken token = default(CancellationToken)) { return Task.Run(() => Flush(token), token); }

        /// <summary>Whether there are unflushed changes.</summary>
        public bool IsDirty
        {
            get
            {
                byte dirty;
                Check(Raw.af_file_is_dirty(Pointer, out dirty, IntPtr.Zero));
                return dirty != 0;
            }
        }

        /// <summary>Rewrites all layers as one base.</summary>
        public void Compact(CancellationToken token = default(CancellationToken)) { Run(token, call => Raw.af_file_compact(Pointer, call)); }

        public Task CompactAsync(CancellationToken token = default(CancellationToken)) { return Task.Run(() => Compact(token), token); }

        /// <summary>Drops unflushed changes and moves to the newest layers; whether there were any.</summary>
        public bool Refresh()
        {
            byte changed;
            Check(Raw.af_file_refresh(Pointer, out changed, IntPtr.Zero));
            return changed != 0;
        }

        /// <summary>Writes the stack, without unflushed changes, as one new base file.</summary>
        public unsafe void CopyTo(string path, ArrayFileOptions options = null, CancellationToken token = default(CancellationToken))
        {
            var given = ArrayFileOptions.Make(options);
            var address = (IntPtr)(&given);
            Run(token, call => Raw.af_file_copy(Pointer, Native.Bytes(path), address, call));
        }

        /// <summary>Checks everything; returns also when problems were found.</summary>
        public Finding[] Verify(CancellationToken token = default(CancellationToken))
        {
            var found = IntPtr.Zero;
            Run(token, call => Raw.af_file_verify(Pointer, out found, call));
            return Finding.Take(found);
        }

        /// <summary>Writes what is sound of a stack as a new one, and says what became of it.</summary>
        public static unsafe Finding[] Repair(string path, string newPath, ArrayFileOptions options = null, Func<long, long, bool> progress = null,
                                              CancellationToken token = default(CancellationToken))
        {
            Native.Ready();
            var given = ArrayFileOptions.Make(options);
            var told = progress == null ? null : new Progress(progress);
            try
            {
                using (var call = new Call(token))
                {
                    IntPtr found;
                    var failed = Raw.af_file_repair(Native.Bytes(path), Native.Bytes(newPath), (IntPtr)(&given),
                                                    told == null ? IntPtr.Zero : told.Number, out found, call.Value);
                    if (failed == IntPtr.Zero) return Finding.Take(found);
                    var failure = Failure.Take(failed);
                    if (told != null && failure.Status == Status.Cancelled) failure.Cause = told.Take();
                    throw call.Explained(failure.Exception());
                }
            }
            finally { Drop(told); }
        }

        /// <summary>The number of layers that are read.</summary>
        public long LayerCount
        {
            get
            {
                long count;
                Check(Raw.af_file_layer_count(Pointer, out count, IntPtr.Zero));
                return count;
            }
        }

        /// <summary>Layer i; the base is 0.</summary>
        public unsafe LayerInfo GetLayer(long i)
        {
            var found = new LayerInfo { StructSize = (uint)sizeof(LayerInfo) };
            Check(Raw.af_file_layer(Pointer, i, (IntPtr)(&found), IntPtr.Zero));
            return found;
        }

        /// <summary>4 or 5, or 6 for a file that is never changed.</summary>
        public int FooterVersion
        {
            get
            {
                int version;
                Check(Raw.af_file_footer_version(Pointer, out version, IntPtr.Zero));
                return version;
            }
        }

        /// <summary>What it has asked of its store since it was opened.</summary>
        public unsafe IoStats GetIoStats()
        {
            var found = new IoStats { StructSize = (uint)sizeof(IoStats) };
            Check(Raw.af_file_io_stats(Pointer, (IntPtr)(&found), IntPtr.Zero));
            return found;
        }
    }
}
