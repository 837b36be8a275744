using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>The type of an array's elements. The numbers are the format's own.</summary>
    public enum DataType
    {
        /// <summary>Stands where a dataset does not have a variable.</summary>
        None = -1,
        Bool = 0, Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float32, Float64, String, Binary, FixedSizeList, List, TimestampNs
    }

    /// <summary>Nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public readonly struct Timestamp : IEquatable<Timestamp>
    {
        public Timestamp(long nanoseconds) { Nanoseconds = nanoseconds; }

        public long Nanoseconds { get; }

        /// <summary>A moment of 1678 to 2262.</summary>
        public static Timestamp Of(DateTimeOffset moment)
        {
            return new Timestamp(checked((moment.UtcTicks - DateTimeOffset.FromUnixTimeSeconds(0).Ticks) * 100));
        }

        /// <summary>The moment, to a tenth of a microsecond.</summary>
        public DateTimeOffset ToDateTimeOffset() { return DateTimeOffset.FromUnixTimeSeconds(0).AddTicks(Nanoseconds / 100); }

        public bool Equals(Timestamp other) { return Nanoseconds == other.Nanoseconds; }
        public override bool Equals(object other) { return other is Timestamp && Equals((Timestamp)other); }
        public override int GetHashCode() { return Nanoseconds.GetHashCode(); }
        public override string ToString() { return Nanoseconds + " ns"; }
    }

    public static class DataTypes
    {
        /// <summary>The size of one element in bytes; 0 for variable length and lists.</summary>
        public static long Size(this DataType type) { return Raw.af_data_type_size((int)type); }

        /// <summary>The library's name of it, such as "Float32".</summary>
        public static string Name(this DataType type) { return Native.Text(Raw.af_data_type_name((int)type)); }

        /// <summary>The library's name of a status, such as "not-found".</summary>
        public static string Name(this Status status) { return Native.Text(Raw.af_status_name((IntPtr)(int)status)); }

        /// <summary>The type of arrays of T.</summary>
        public static DataType Of<T>() where T : struct
        {
            if (typeof(T) == typeof(float)) return DataType.Float32;
            if (typeof(T) == typeof(double)) return DataType.Float64;
            if (typeof(T) == typeof(int)) return DataType.Int32;
            if (typeof(T) == typeof(long)) return DataType.Int64;
            if (typeof(T) == typeof(byte)) return DataType.UInt8;
            if (typeof(T) == typeof(sbyte)) return DataType.Int8;
            if (typeof(T) == typeof(short)) return DataType.Int16;
            if (typeof(T) == typeof(ushort)) return DataType.UInt16;
            if (typeof(T) == typeof(uint)) return DataType.UInt32;
            if (typeof(T) == typeof(ulong)) return DataType.UInt64;
            if (typeof(T) == typeof(bool)) return DataType.Bool;
            if (typeof(T) == typeof(Timestamp)) return DataType.TimestampNs;
            throw Failure.Of(Status.DataTypeMismatch, "no array is made of " + typeof(T));
        }

        internal static void Expect<T>(DataType found, string what) where T : struct
        {
            var wanted = Of<T>();
            if (found != wanted)
                throw Failure.Of(Status.DataTypeMismatch, what + " is of dtype " + found + ", expected " + wanted);
        }
    }

    /// <summary>The library that is running.</summary>
    public static class Library
    {
        /// <summary>Its version, such as "0.1.0".</summary>
        public static string Version { get { return Native.Text(Raw.af_version_text()); } }
        /// <summary>major * 1,000,000 + minor * 1,000 + patch.</summary>
        public static int VersionNumber { get { return Raw.af_version(); } }
        public static int AbiVersion { get { return Raw.af_abi_version(); } }
    }

    /// <summary>A part of an array: where it starts, and its shape. The default is the whole array.</summary>
    public readonly struct Region
    {
        public Region(long[] start, long[] shape)
        {
            if (start == null || shape == null) throw new ArgumentNullException(start == null ? nameof(start) : nameof(shape));
            if (start.Length != shape.Length)
                throw Failure.Of(Status.InvalidArgument, "a region's start has " + start.Length + " numbers, its shape " + shape.Length);
            Start = start;
            Shape = shape;
        }

        public static readonly Region All = default(Region);

        public long[] Start { get; }
        public long[] Shape { get; }
        public bool IsAll { get { return Start == null; } }
        internal int Rank { get { return IsAll ? 0 : Start.Length; } }

        /// <summary>The number of elements it has in an array of a shape.</summary>
        internal long Count(long[] shape)
        {
            if (!IsAll && Rank != shape.Length)
                throw Failure.Of(Status.InvalidArgument, "a region of rank " + Rank + " in an array of rank " + shape.Length);
            for (var axis = 0; !IsAll && axis < Rank; axis++)
                if (Start[axis] < 0 || Shape[axis] < 0 || Start[axis] > shape[axis] || Shape[axis] > shape[axis] - Start[axis])
                    throw Failure.Of(Status.OutOfBounds, "axis " + axis + ": start " + Start[axis] + " and shape " + Shape[axis] +
                                                             " lie outside the array's extent of " + shape[axis]);
            return Elements.Count(IsAll ? shape : Shape);
        }
    }

    /// <summary>Memory of elements.</summary>
    internal static class Elements
    {
        internal static long Count(long[] shape)
        {
            var count = 1L;
            foreach (var extent in shape)
            {
                if (extent < 0) throw Failure.Of(Status.InvalidArgument, "an extent of " + extent);
                if (extent > 0 && count > (1L << 56) / extent)
                    throw Failure.Of(Status.LimitExceeded, "a shape of " + string.Join("x", shape) + " is more than memory can hold");
                count *= extent;
            }
            return count;
        }

        internal static long Bytes<T>(int count) { return (long)count * Unsafe<T>.Size; }

        /// <summary>Makes bools of what damaged files may hold instead.</summary>
        internal static void Clean<T>(Span<T> elements) where T : struct
        {
            if (typeof(T) != typeof(bool)) return;
            var bytes = MemoryMarshal.AsBytes(elements);
            for (var i = 0; i < bytes.Length; i++)
                if (bytes[i] > 1) bytes[i] = 1;
        }

        internal static class Unsafe<T>
        {
            internal static readonly int Size = typeof(T) == typeof(bool) ? 1 : Marshal.SizeOf(default(T));
        }
    }

    /// <summary>Elements of variable length back to back.</summary>
    internal sealed class Pieces
    {
        internal readonly byte[] Data;
        internal readonly long[] Offsets;

        internal Pieces(byte[] data, long[] offsets)
        {
            Data = data;
            Offsets = offsets;
        }

        internal long Count { get { return Offsets.Length - 1; } }

        internal static Pieces Pack(string[] texts)
        {
            var packed = new byte[texts.Length][];
            for (var i = 0; i < texts.Length; i++)
            {
                try { packed[i] = new UTF8Encoding(false, true).GetBytes(texts[i]); }
                catch (EncoderFallbackException) { throw Failure.Of(Status.InvalidArgument, "element " + i + ": half a surrogate pair"); }
            }
            return Pack(packed);
        }

        internal static Pieces Pack(byte[][] elements)
        {
            var offsets = new long[elements.Length + 1];
            for (var i = 0; i < elements.Length; i++) offsets[i + 1] = offsets[i] + elements[i].Length;
            var data = new byte[offsets[elements.Length]];
            for (var i = 0; i < elements.Length; i++) Buffer.BlockCopy(elements[i], 0, data, (int)offsets[i], elements[i].Length);
            return new Pieces(data, offsets);
        }

        /// <summary>Copies the library's, and frees them.</summary>
        internal static Pieces Take(IntPtr values)
        {
            try
            {
                return new Pieces(Native.Bytes(Raw.af_values_data(values), Raw.af_values_data_len(values)),
                                  Native.Longs(Raw.af_values_offsets(values), Raw.af_values_count(values) + 1));
            }
            finally { Raw.af_values_free(values); }
        }

        internal byte[] At(long i)
        {
            var found = new byte[Offsets[i + 1] - Offsets[i]];
            Buffer.BlockCopy(Data, (int)Offsets[i], found, 0, found.Length);
            return found;
        }

        internal string[] Texts()
        {
            var found = new string[Count];
            for (var i = 0; i < found.Length; i++) found[i] = Encoding.UTF8.GetString(Data, (int)Offsets[i], (int)(Offsets[i + 1] - Offsets[i]));
            return found;
        }

        internal byte[][] Binaries()
        {
            var found = new byte[Count][];
            for (var i = 0; i < found.Length; i++) found[i] = At(i);
            return found;
        }
    }
}
