using System;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>
    /// Elements of a list dtype as levels: level 0 is the elements themselves, each further one what the lists of the level above hold, the
    /// last the values.
    /// </summary>
    public sealed class ListElements
    {
        internal ListElements(DataType type, long[] counts, long[][] offsets, byte[] data)
        {
            ValueType = type;
            Counts = counts;
            Offsets = offsets;
            Data = data;
        }

        /// <summary>That of the last level.</summary>
        public DataType ValueType { get; }
        /// <summary>The numbers of elements of the levels; null of those made by Of.</summary>
        public long[] Counts { get; }
        /// <summary>
        /// Those of the levels that have some, null of the others: element i is the elements from Offsets[level][i] to Offsets[level][i + 1]
        /// of the next level or, of texts and binaries, these bytes of Data.
        /// </summary>
        public long[][] Offsets { get; }
        /// <summary>The values, back to back.</summary>
        public byte[] Data { get; }

        /// <summary>Lists of values of fixed width, with the offsets of the levels that have some.</summary>
        public static ListElements Of<T>(T[] values, params long[][] offsets) where T : struct
        {
            return new ListElements(DataTypes.Of<T>(), null, offsets, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(values)).ToArray());
        }

        /// <summary>Lists of texts (or, by their bytes, binaries); the last offsets are those into the data.</summary>
        public static ListElements OfBytes(DataType type, byte[] data, params long[][] offsets)
        {
            return new ListElements(type, null, offsets, data);
        }

        /// <summary>The values of fixed width.</summary>
        public T[] Values<T>() where T : struct
        {
            DataTypes.Expect<T>(ValueType, "the lists");
            var found = new T[Data.Length / Elements.Unsafe<T>.Size];
            Data.AsSpan().CopyTo(MemoryMarshal.AsBytes(new Span<T>(found)));
            Elements.Clean(new Span<T>(found));
            return found;
        }
    }

    public sealed partial class ArrayFile
    {
        /// <summary>Reads a region of an array of lists, in C order.</summary>
        public ListElements ReadLists(string name, Region region = default(Region), CancellationToken token = default(CancellationToken))
        {
            var schema = GetSchema(name);
            var levels = schema.Lists.Length + 1;
            var lists = IntPtr.Zero;
            Run(token, call => Raw.af_file_read_lists(Pointer, Native.Bytes(name), region.Start, region.Shape, region.Rank, out lists, call));
            try
            {
                var counts = Enumerable.Range(0, levels).Select(level => Raw.af_lists_count(lists, level)).ToArray();
                var offsets = counts.Select((count, level) =>
                {
                    var found = Raw.af_lists_offsets(lists, level);
                    return found == IntPtr.Zero ? null : Native.Longs(found, count + 1);
                }).ToArray();
                var type = levels == 1 ? schema.DataType : schema.Lists[levels - 2].Child;
                return new ListElements(type, counts, offsets, Native.Bytes(Raw.af_lists_data(lists), Raw.af_lists_data_len(lists)));
            }
            finally { Raw.af_lists_free(lists); }
        }

        /// <summary>Writes a region of an array of lists, in C order.</summary>
        public unsafe void WriteLists(string name, Region region, ListElements lists, CancellationToken token = default(CancellationToken))
        {
            var offsets = lists.Offsets.Where(level => level != null).SelectMany(level => level).ToArray();
            fixed (byte* first = lists.Data)
            using (var call = new Call(token))
                Ended(call, Raw.af_file_write_lists(Pointer, Native.Bytes(name), region.Start, region.Shape, region.Rank, offsets, offsets.Length,
                                                    (IntPtr)first, lists.Data.Length, call.Value));
        }

        /// <summary>Fills an ArrowSchema and an ArrowArray with a region of an array; both are released by their callbacks.</summary>
        public void ExportArrow(string name, Region region, IntPtr schema, IntPtr array)
        {
            Check(Raw.af_file_export_arrow(Pointer, Native.Bytes(name), region.Start, region.Shape, region.Rank, schema, array, IntPtr.Zero));
        }

        /// <summary>Writes an Arrow array, which stays the caller's, to a whole array, which is defined if it is not there.</summary>
        public void WriteArrow(string name, IntPtr schema, IntPtr array)
        {
            Check(Raw.af_file_write_arrow(Pointer, Native.Bytes(name), schema, array, IntPtr.Zero));
        }

        /// <summary>Fills an ArrowArrayStream with structs of a column for each array, so many rows at a time.</summary>
        public void ExportArrowStream(Names names, long limit, IntPtr stream)
        {
            var all = names.Packed;
            Check(Raw.af_file_export_arrow_stream(Pointer, all.Data, all.Offsets, all.Count, limit, stream, IntPtr.Zero));
        }

        /// <summary>Reads such a stream, which stays the caller's, to its end, and appends each column to the array of its name.</summary>
        public void WriteArrowStream(IntPtr stream) { Check(Raw.af_file_write_arrow_stream(Pointer, stream, IntPtr.Zero)); }

        /// <summary>A DLManagedTensorVersioned of a region of an array of fixed width, to be freed by its deleter.</summary>
        public IntPtr ExportDlpack(string name, Region region = default(Region))
        {
            IntPtr tensor;
            Check(Raw.af_file_export_dlpack(Pointer, Native.Bytes(name), region.Start, region.Shape, region.Rank, out tensor, IntPtr.Zero));
            return tensor;
        }
    }
}
