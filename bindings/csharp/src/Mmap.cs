using System;
using System.Buffers;
using System.Runtime.InteropServices;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>How elements are going to be used.</summary>
    public enum Advice { Normal, Sequential, Random, WillNeed, DontNeed }

    /// <summary>One array of float, double, int or long and up to six dimensions in a mapped file of its own.</summary>
    public sealed class MmapArray : Living
    {
        private MmapArray(IntPtr handle) : base(handle, Raw.af_mmap_close, null) { }

        /// <summary>Opens a mapped array; without options to be read.</summary>
        public static unsafe MmapArray Open(string path, MmapOptions options = null)
        {
            var given = MmapOptions.Make(options);
            IntPtr made;
            Native.Check(Raw.af_mmap_open(Native.Bytes(path), (IntPtr)(&given), out made, IntPtr.Zero));
            return new MmapArray(made);
        }

        /// <summary>Creates a file that holds a copy of elements; strides in bytes, as in Arrays.Write.</summary>
        public static unsafe MmapArray Create<T>(string path, long[] shape, ReadOnlySpan<T> elements, MmapOptions options = null,
                                                 long[] strides = null) where T : struct
        {
            if (strides != null && strides.Length != shape.Length)
                throw Failure.Of(Status.InvalidArgument, strides.Length + " strides for a shape of rank " + shape.Length);
            var given = MmapOptions.Make(options);
            var bytes = MemoryMarshal.AsBytes(elements);
            IntPtr made;
            fixed (byte* first = &MemoryMarshal.GetReference(bytes))
                Native.Check(Raw.af_mmap_create(Native.Bytes(path), (int)DataTypes.Of<T>(), shape, shape.Length, strides, (IntPtr)first, bytes.Length,
                                                (IntPtr)(&given), out made, IntPtr.Zero));
            return new MmapArray(made);
        }

        /// <summary>Creates a file of zeros, which take no space before they are written.</summary>
        public static unsafe MmapArray CreateZeros<T>(string path, long[] shape, MmapOptions options = null) where T : struct
        {
            var given = MmapOptions.Make(options);
            IntPtr made;
            Native.Check(Raw.af_mmap_create_zeros(Native.Bytes(path), (int)DataTypes.Of<T>(), shape, shape.Length, (IntPtr)(&given), out made,
                                                  IntPtr.Zero));
            return new MmapArray(made);
        }

        /// <summary>Creates a mapped file with the elements of an array of a file.</summary>
        public static unsafe MmapArray CreateFrom(string path, ArrayFile file, string name, MmapOptions options = null)
        {
            var given = MmapOptions.Make(options);
            IntPtr made;
            file.Check(Raw.af_mmap_create_from_file(Native.Bytes(path), file.Pointer, Native.Bytes(name), (IntPtr)(&given), out made, IntPtr.Zero));
            return new MmapArray(made);
        }

        /// <summary>Creates a mapped file from a DLManagedTensorVersioned, which stays the caller's.</summary>
        public static unsafe MmapArray CreateFromDlpack(string path, IntPtr tensor, MmapOptions options = null)
        {
            var given = MmapOptions.Make(options);
            IntPtr made;
            Native.Check(Raw.af_mmap_create_from_dlpack(Native.Bytes(path), tensor, (IntPtr)(&given), out made, IntPtr.Zero));
            return new MmapArray(made);
        }

        public DataType DataType
        {
            get
            {
                int type;
                Check(Raw.af_mmap_data_type(Pointer, out type, IntPtr.Zero));
                return (DataType)type;
            }
        }

        private int Rank
        {
            get
            {
                int rank;
                Check(Raw.af_mmap_rank(Pointer, out rank, IntPtr.Zero));
                return rank;
            }
        }

        public long[] Shape
        {
            get
            {
                var shape = new long[Rank];
                Check(Raw.af_mmap_shape(Pointer, shape, shape.Length, IntPtr.Zero));
                return shape;
            }
        }

        /// <summary>In bytes.</summary>
        public long[] Strides
        {
            get
            {
                var strides = new long[Rank];
                Check(Raw.af_mmap_strides(Pointer, strides, strides.Length, IntPtr.Zero));
                return strides;
            }
        }

        /// <summary>In elements.</summary>
        public long[] ElementStrides
        {
            get
            {
                var strides = new long[Rank];
                Check(Raw.af_mmap_element_strides(Pointer, strides, strides.Length, IntPtr.Zero));
                return strides;
            }
        }

        /// <summary>The number of elements.</summary>
        public long Count
        {
            get
            {
                long count;
                Check(Raw.af_mmap_element_count(Pointer, out count, IntPtr.Zero));
                return count;
            }
        }

        public bool IsEmpty
        {
            get
            {
                byte empty;
                Check(Raw.af_mmap_is_empty(Pointer, out empty, IntPtr.Zero));
                return empty != 0;
            }
        }

        public MmapMode Mode
        {
            get
            {
                int mode;
                Check(Raw.af_mmap_mode(Pointer, out mode, IntPtr.Zero));
                return (MmapMode)mode;
            }
        }

        /// <summary>The path it was opened with.</summary>
        public string Path { get { return Borrow(text => Raw.af_mmap_path(Pointer, text, IntPtr.Zero)); } }

        /// <summary>Copies a region, in C order.</summary>
        public T[] Read<T>(Region region = default(Region)) where T : struct
        {
            DataTypes.Expect<T>(DataType, "the mapped array");
            var elements = new T[region.Count(Shape)];
            ReadInto(region, new Span<T>(elements));
            return elements;
        }

        /// <summary>Copies a region to memory; strides in bytes, null for C order.</summary>
        public unsafe void ReadInto<T>(Region region, Span<T> elements, long[] strides = null) where T : struct
        {
            DataTypes.Expect<T>(DataType, "the mapped array");
            var bytes = MemoryMarshal.AsBytes(elements);
            fixed (byte* first = &MemoryMarshal.GetReference(bytes))
                Check(Raw.af_mmap_read(Pointer, region.Start, region.Shape, Native.Rank(region, strides), strides, (IntPtr)first, bytes.Length, IntPtr.Zero));
        }

        /// <summary>Copies memory to a region; strides in bytes, null for C order.</summary>
        public unsafe void Write<T>(Region region, ReadOnlySpan<T> elements, long[] strides = null) where T : struct
        {
            DataTypes.Expect<T>(DataType, "the mapped array");
            var bytes = MemoryMarshal.AsBytes(elements);
            fixed (byte* first = &MemoryMarshal.GetReference(bytes))
                Check(Raw.af_mmap_write(Pointer, region.Start, region.Shape, Native.Rank(region, strides), strides, (IntPtr)first, bytes.Length, IntPtr.Zero));
        }

        /// <summary>Returns when all changes are on disk.</summary>
        public void Flush() { Check(Raw.af_mmap_flush(Pointer, IntPtr.Zero)); }

        /// <summary>The same for a range in bytes; without wait it only sees that its writing begins.</summary>
        public void FlushRange(long offset, long length, bool wait) { Check(Raw.af_mmap_flush_range(Pointer, offset, length, wait, IntPtr.Zero)); }

        /// <summary>Tells the system how a range of bytes is going to be used.</summary>
        public void Advise(Advice advice, long offset, long length) { Check(Raw.af_mmap_advise(Pointer, (int)advice, offset, length, IntPtr.Zero)); }

        /// <summary>Writes the elements to an array of a file, which is defined if it is not there.</summary>
        public void CopyTo(ArrayFile file, string name)
        {
            Check(Raw.af_mmap_copy_to_file(Pointer, file.Pointer, Native.Bytes(name), IntPtr.Zero));
            GC.KeepAlive(file);
        }

        /// <summary>The elements in place, for reading.</summary>
        public MmapView GetView()
        {
            IntPtr view;
            Check(Raw.af_mmap_get_view(Pointer, out view, IntPtr.Zero));
            return new MmapView(view);
        }

        /// <summary>The elements in place, for reading and writing.</summary>
        public MmapView GetMutableView()
        {
            IntPtr view;
            Check(Raw.af_mmap_get_mutable_view(Pointer, out view, IntPtr.Zero));
            return new MmapView(view);
        }
    }

    /// <summary>
    /// The elements of a mapped array in place, whatever becomes of that. Spans and addresses are good for as long as the view was neither
    /// disposed of nor collected; Memory keeps it from being collected. Who writes sees to it that nobody else uses the same elements.
    /// </summary>
    public sealed class MmapView : IDisposable
    {
        private readonly Handle handle;

        internal MmapView(IntPtr view)
        {
            handle = new Handle(view, Raw.af_mmap_view_free);
            var rank = Raw.af_mmap_view_rank(view);
            DataType = (DataType)Raw.af_mmap_view_data_type(view);
            Shape = Native.Longs(Raw.af_mmap_view_shape(view), rank);
            Strides = Native.Longs(Raw.af_mmap_view_strides(view), rank);
            Count = Raw.af_mmap_view_element_count(view);
            Length = Raw.af_mmap_view_data_len(view);
            IsMutable = Raw.af_mmap_view_mutable_data(view) != IntPtr.Zero;
        }

        public DataType DataType { get; }
        public long[] Shape { get; }
        /// <summary>In bytes.</summary>
        public long[] Strides { get; }
        /// <summary>The number of elements.</summary>
        public long Count { get; }
        /// <summary>The length in bytes.</summary>
        public long Length { get; }
        public bool IsMutable { get; }

        /// <summary>Not while elements are used.</summary>
        public void Dispose() { handle.Dispose(); }

        /// <summary>The first element. Where the view is not mutable, writing there ends the program.</summary>
        public IntPtr Address { get { return Raw.af_mmap_view_data(Open()); } }

        private IntPtr Open()
        {
            if (handle.IsClosed) throw new ObjectDisposedException(nameof(MmapView));
            return handle.Value;
        }

        /// <summary>Elements from the start-th on, for reading.</summary>
        public unsafe ReadOnlySpan<T> Span<T>(long start, int count) where T : struct
        {
            return new ReadOnlySpan<T>((byte*)Address + Offset<T>(start, count), count);
        }

        /// <summary>All elements, of which there may be no more than a span has room for.</summary>
        public ReadOnlySpan<T> Span<T>() where T : struct { return Span<T>(0, checked((int)Count)); }

        /// <summary>Elements from the start-th on, for reading and writing.</summary>
        public unsafe Span<T> MutableSpan<T>(long start, int count) where T : struct
        {
            Mutable();
            return new Span<T>((byte*)Raw.af_mmap_view_mutable_data(Open()) + Offset<T>(start, count), count);
        }

        public Span<T> MutableSpan<T>() where T : struct { return MutableSpan<T>(0, checked((int)Count)); }

        /// <summary>Elements from the start-th on, as memory that may be kept; it keeps the view.</summary>
        public ReadOnlyMemory<T> Memory<T>(long start, int count) where T : struct
        {
            return new Mapped<T>(this, (IntPtr)((long)Address + Offset<T>(start, count)), count).Memory;
        }

        public Memory<T> MutableMemory<T>(long start, int count) where T : struct
        {
            Mutable();
            return new Mapped<T>(this, (IntPtr)((long)Raw.af_mmap_view_mutable_data(Open()) + Offset<T>(start, count)), count).Memory;
        }

        private void Mutable()
        {
            if (!IsMutable) throw Failure.Of(Status.ReadOnly, "the view is for reading only");
        }

        private int Size<T>() where T : struct
        {
            DataTypes.Expect<T>(DataType, "the mapped array");
            return Elements.Unsafe<T>.Size;
        }

        private long Offset<T>(long start, int count) where T : struct
        {
            if (start < 0 || count < 0 || start > Count || count > Count - start)
                throw Failure.Of(Status.OutOfBounds, count + " elements from " + start + " on of " + Count);
            return start * Size<T>();
        }

        /// <summary>A DLManagedTensorVersioned over the elements, to be freed by its deleter.</summary>
        public IntPtr ExportDlpack()
        {
            IntPtr tensor;
            Native.Check(Raw.af_mmap_view_export_dlpack(Open(), out tensor, IntPtr.Zero));
            GC.KeepAlive(this);
            return tensor;
        }

        /// <summary>Fills an ArrowSchema and an ArrowArray, which are released by their callbacks.</summary>
        public void ExportArrow(IntPtr schema, IntPtr array)
        {
            Native.Check(Raw.af_mmap_view_export_arrow(Open(), schema, array, IntPtr.Zero));
            GC.KeepAlive(this);
        }

        private sealed unsafe class Mapped<T> : MemoryManager<T> where T : struct
        {
            private readonly MmapView view;
            private readonly IntPtr address;
            private readonly int count;

            internal Mapped(MmapView view, IntPtr address, int count)
            {
                this.view = view;
                this.address = address;
                this.count = count;
            }

            public override Span<T> GetSpan()
            {
                view.Open();
                return new Span<T>((void*)address, count);
            }

            public override MemoryHandle Pin(int elementIndex = 0)
            {
                view.Open();
                return new MemoryHandle((byte*)address + (long)elementIndex * Elements.Unsafe<T>.Size, default(GCHandle), this);
            }

            public override void Unpin() { }
            protected override void Dispose(bool disposing) { }
        }
    }
}
