using System;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>What files and datasets have in common: named arrays that are defined, written and read.</summary>
    public abstract class Arrays : Progressing
    {
        internal Arrays(IntPtr handle, Action<IntPtr> close, KeptStore store) : base(handle, close, store) { }

        internal abstract IntPtr RawDefine(byte[] name, IntPtr schema);
        internal abstract IntPtr RawDelete(byte[] name);
        internal abstract IntPtr RawContains(byte[] name, out byte found);
        internal abstract IntPtr RawSchema(byte[] name, out IntPtr found);
        internal abstract IntPtr RawList(out IntPtr found);
        internal abstract IntPtr RawStats(byte[] name, out IntPtr found);
        internal abstract IntPtr RawWrite(byte[] name, Region region, int rank, long[] strides, IntPtr data, long length, IntPtr call);
        internal abstract IntPtr RawRead(byte[] name, Region region, int rank, long[] strides, IntPtr data, long length, IntPtr call);
        internal abstract IntPtr RawWriteVariable(byte[] name, Region region, IntPtr data, long[] offsets, long count, IntPtr call);
        internal abstract IntPtr RawReadVariable(byte[] name, Region region, out IntPtr found, IntPtr call);

        /// <summary>Defines an array.</summary>
        public void Define(string name, Schema schema)
        {
            var made = schema.Make();
            try { Check(RawDefine(Native.Bytes(name), made)); }
            finally { Raw.af_schema_free(made); }
        }

        /// <summary>Deletes an array with its attributes.</summary>
        public void Delete(string name) { Check(RawDelete(Native.Bytes(name))); }

        public bool Contains(string name)
        {
            byte found;
            Check(RawContains(Native.Bytes(name), out found));
            return found != 0;
        }

        /// <summary>What the array is.</summary>
        public Schema GetSchema(string name)
        {
            IntPtr found;
            Check(RawSchema(Native.Bytes(name), out found));
            return Schema.Take(found);
        }

        /// <summary>All arrays in the order of their definition.</summary>
        public ArrayInfo[] List()
        {
            IntPtr found;
            Check(RawList(out found));
            return ArrayInfo.Take(found);
        }

        /// <summary>The statistics of an array, unflushed changes included.</summary>
        public Stats GetStats(string name)
        {
            IntPtr found;
            Check(RawStats(Native.Bytes(name), out found));
            return Stats.Take(found)[0];
        }

        /// <summary>
        /// Writes a region of an array of T. Strides are bytes from one element to the next along each axis of the region, null for C
        /// order; the elements begin with the lowest address of the region.
        /// </summary>
        public void Write<T>(string name, Region region, ReadOnlySpan<T> elements, long[] strides = null,
                             CancellationToken token = default(CancellationToken)) where T : struct
        {
            Expect<T>(name);
            WriteBytes(name, region, MemoryMarshal.AsBytes(elements), strides, token);
        }

        /// <summary>Writes a whole array.</summary>
        public void Write<T>(string name, T[] elements) where T : struct { Write(name, Region.All, new ReadOnlySpan<T>(elements)); }

        /// <summary>Writes a region of any fixed width.</summary>
        public unsafe void WriteBytes(string name, Region region, ReadOnlySpan<byte> bytes, long[] strides = null,
                                      CancellationToken token = default(CancellationToken))
        {
            fixed (byte* first = &MemoryMarshal.GetReference(bytes))
            using (var call = new Call(token))
                Ended(call, RawWrite(Native.Bytes(name), region, Native.Rank(region, strides), strides, (IntPtr)first, bytes.Length, call.Value));
        }

        /// <summary>Reads a region of an array of T, in C order.</summary>
        public T[] Read<T>(string name, Region region = default(Region), CancellationToken token = default(CancellationToken)) where T : struct
        {
            IntPtr schema;
            long[] shape;
            long count;
            Check(RawSchema(Native.Bytes(name), out schema));
            DataTypes.Expect<T>(Schema.TakeLayout(schema, out shape, out count), "array '" + name + "'");
            var elements = new T[region.IsAll ? count : region.Count(shape)];
            ReadBytes(name, region, MemoryMarshal.AsBytes(new Span<T>(elements)), null, token);
            Elements.Clean(new Span<T>(elements));
            return elements;
        }

        /// <summary>Reads a region into memory that is there already; strides as in Write.</summary>
        public void ReadInto<T>(string name, Region region, Span<T> elements, long[] strides = null,
                                CancellationToken token = default(CancellationToken)) where T : struct
        {
            Expect<T>(name);
            ReadBytes(name, region, MemoryMarshal.AsBytes(elements), strides, token);
            Elements.Clean(elements);
        }

        /// <summary>Reads on another thread, into memory that is kept where it is until then.</summary>
        public Task ReadIntoAsync<T>(string name, Region region, Memory<T> elements, long[] strides = null,
                                     CancellationToken token = default(CancellationToken)) where T : struct
        {
            return Task.Run(() => ReadInto(name, region, elements.Span, strides, token), token);
        }

        /// <summary>Writes on another thread.</summary>
        public Task WriteAsync<T>(string name, Region region, ReadOnlyMemory<T> elements, long[] strides = null,
                                  CancellationToken token = default(CancellationToken)) where T : struct
        {
            return Task.Run(() => Write(name, region, elements.Span, strides, token), token);
        }

        /// <summary>Reads a region of any fixed width.</summary>
        public unsafe void ReadBytes(string name, Region region, Span<byte> bytes, long[] strides = null,
                                     CancellationToken token = default(CancellationToken))
        {
            fixed (byte* first = &MemoryMarshal.GetReference(bytes))
                ReadTo(name, region, (IntPtr)first, bytes.Length, strides, token);
        }

        /// <summary>Reads a region into memory that is no array of C#'s, of any length.</summary>
        public void ReadTo(string name, Region region, IntPtr address, long length, long[] strides = null,
                           CancellationToken token = default(CancellationToken))
        {
            using (var call = new Call(token))
                Ended(call, RawRead(Native.Bytes(name), region, Native.Rank(region, strides), strides, address, length, call.Value));
        }

        internal void Ended(Call call, IntPtr failure)
        {
            if (failure != IntPtr.Zero) throw call.Explained(Explained(Failure.Take(failure)));
            GC.KeepAlive(this);
        }

        internal void Expect<T>(string name) where T : struct
        {
            IntPtr schema;
            Check(RawSchema(Native.Bytes(name), out schema));
            var found = (DataType)Raw.af_schema_data_type(schema);
            Raw.af_schema_free(schema);
            DataTypes.Expect<T>(found, "array '" + name + "'");
        }

        /// <summary>Writes a region of a string array, in C order.</summary>
        public void WriteTexts(string name, Region region, string[] elements, CancellationToken token = default(CancellationToken))
        {
            WriteVariable(name, region, Pieces.Pack(elements), token);
        }

        /// <summary>Writes a region of a binary array, in C order.</summary>
        public void WriteBinaries(string name, Region region, byte[][] elements, CancellationToken token = default(CancellationToken))
        {
            WriteVariable(name, region, Pieces.Pack(elements), token);
        }

        private unsafe void WriteVariable(string name, Region region, Pieces elements, CancellationToken token)
        {
            fixed (byte* first = elements.Data)
            using (var call = new Call(token))
                Ended(call, RawWriteVariable(Native.Bytes(name), region, (IntPtr)first, elements.Offsets, elements.Count, call.Value));
        }

        /// <summary>Reads a region of a string array, in C order. Bytes that are not UTF-8 are replaced by U+FFFD.</summary>
        public string[] ReadTexts(string name, Region region = default(Region), CancellationToken token = default(CancellationToken))
        {
            return ReadVariable(name, region, token).Texts();
        }

        /// <summary>Reads a region of a string or binary array, in C order.</summary>
        public byte[][] ReadBinaries(string name, Region region = default(Region), CancellationToken token = default(CancellationToken))
        {
            return ReadVariable(name, region, token).Binaries();
        }

        private Pieces ReadVariable(string name, Region region, CancellationToken token)
        {
            IntPtr found;
            using (var call = new Call(token)) Ended(call, RawReadVariable(Native.Bytes(name), region, out found, call.Value));
            return Pieces.Take(found);
        }
    }
}
