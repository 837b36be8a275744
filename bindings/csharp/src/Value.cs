using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>An attribute, a fill value, a minimum or maximum: a scalar or a list. It does not change.</summary>
    public sealed class Value : IEquatable<Value>
    {
        private readonly byte[] data;
        private readonly long[] offsets;

        private Value(DataType type, bool isList, long count, byte[] data, long[] offsets)
        {
            DataType = type;
            IsList = isList;
            Count = count;
            this.data = data;
            this.offsets = offsets;
        }

        public DataType DataType { get; }
        public bool IsList { get; }
        /// <summary>The number of elements: 1 for a scalar.</summary>
        public long Count { get; }

        public static Value Scalar<T>(T element) where T : struct { return Fixed(new[] { element }, false); }
        public static Value List<T>(params T[] elements) where T : struct { return Fixed(elements, true); }
        public static Value Text(string text) { return Variable(DataType.String, Pieces.Pack(new[] { text }), false); }
        public static Value Texts(params string[] texts) { return Variable(DataType.String, Pieces.Pack(texts), true); }
        public static Value Binary(byte[] binary) { return Variable(DataType.Binary, Pieces.Pack(new[] { binary }), false); }
        public static Value Binaries(params byte[][] binaries) { return Variable(DataType.Binary, Pieces.Pack(binaries), true); }

        private static Value Fixed<T>(T[] elements, bool isList) where T : struct
        {
            return new Value(DataTypes.Of<T>(), isList, elements.Length, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(elements)).ToArray(), null);
        }

        private static Value Variable(DataType type, Pieces elements, bool isList)
        {
            return new Value(type, isList, elements.Count, elements.Data, elements.Offsets);
        }

        /// <summary>The elements of a value of fixed width.</summary>
        public T[] ToArray<T>() where T : struct
        {
            DataTypes.Expect<T>(DataType, "the value");
            var found = new T[Count];
            data.AsSpan().CopyTo(MemoryMarshal.AsBytes(new Span<T>(found)));
            Elements.Clean(new Span<T>(found));
            return found;
        }

        /// <summary>The element of a scalar of fixed width.</summary>
        public T To<T>() where T : struct
        {
            if (IsList) throw Failure.Of(Status.DataTypeMismatch, "the value is a list, expected a scalar");
            return ToArray<T>()[0];
        }

        /// <summary>The elements of a text or of a list of texts.</summary>
        public string[] ToTexts() { return Variable().Texts(); }

        /// <summary>The elements of a text, a binary or a list of them.</summary>
        public byte[][] ToBinaries() { return Variable().Binaries(); }

        private Pieces Variable()
        {
            if (offsets == null) throw Failure.Of(Status.DataTypeMismatch, "the value is of dtype " + DataType + ", expected String or Binary");
            return new Pieces(data, offsets);
        }

        public bool Equals(Value other)
        {
            return other != null && DataType == other.DataType && IsList == other.IsList && Count == other.Count &&
                   data.SequenceEqual(other.data) && (offsets ?? new long[0]).SequenceEqual(other.offsets ?? new long[0]);
        }

        public override bool Equals(object other) { return Equals(other as Value); }
        public override int GetHashCode() { return data.Aggregate((int)DataType, (hash, one) => hash * 31 + one); }

        public override string ToString()
        {
            var elements = offsets == null ? Numbers() : DataType == DataType.String ? ToTexts() : ToBinaries().Select(Convert.ToBase64String);
            return IsList ? "[" + string.Join(", ", elements) + "]" : elements.First();
        }

        private IEnumerable<string> Numbers()
        {
            switch (DataType)
            {
                case DataType.Bool: return Shown<bool>();
                case DataType.Int8: return Shown<sbyte>();
                case DataType.Int16: return Shown<short>();
                case DataType.Int32: return Shown<int>();
                case DataType.Int64: return Shown<long>();
                case DataType.UInt8: return Shown<byte>();
                case DataType.UInt16: return Shown<ushort>();
                case DataType.UInt32: return Shown<uint>();
                case DataType.UInt64: return Shown<ulong>();
                case DataType.Float32: return Shown<float>();
                case DataType.Float64: return Shown<double>();
                default: return Shown<Timestamp>();
            }
        }

        private IEnumerable<string> Shown<T>() where T : struct
        {
            return ToArray<T>().Select(element => Convert.ToString(element, System.Globalization.CultureInfo.InvariantCulture));
        }

        /// <summary>Makes the library's value, to be freed by af_value_free; null for none.</summary>
        internal static unsafe IntPtr Make(Value value)
        {
            if (value == null) return IntPtr.Zero;
            IntPtr made;
            fixed (byte* data = value.data)
            {
                if (value.offsets == null)
                    Native.Check(Raw.af_value_create((int)value.DataType, value.IsList, (IntPtr)data, value.Count, out made, IntPtr.Zero));
                else if (value.DataType == DataType.String && !value.IsList)
                    Native.Check(Raw.af_value_create_text(Native.Bytes(value.ToTexts()[0]), out made, IntPtr.Zero));
                else
                    Native.Check(Raw.af_value_create_variable((int)value.DataType, value.IsList, (IntPtr)data, value.offsets, value.Count,
                                                              out made, IntPtr.Zero));
            }
            return made;
        }

        /// <summary>Calls with the library's value.</summary>
        internal static void With(Value value, Action<IntPtr> call)
        {
            var made = Make(value);
            try { call(made); }
            finally { Raw.af_value_free(made); }
        }

        /// <summary>Copies a value of the library's; null for none.</summary>
        internal static Value Borrow(IntPtr value)
        {
            if (value == IntPtr.Zero) return null;
            var count = Raw.af_value_count(value);
            var offsets = Raw.af_value_offsets(value);
            return new Value((DataType)Raw.af_value_data_type(value), Raw.af_value_is_list(value), count,
                             Native.Bytes(Raw.af_value_data(value), Raw.af_value_data_len(value)),
                             offsets == IntPtr.Zero ? null : Native.Longs(offsets, count + 1));
        }

        internal static Value Take(IntPtr value)
        {
            try { return Borrow(value); }
            finally { Raw.af_value_free(value); }
        }
    }

    /// <summary>A value and what it belongs to: an attribute's key, an array or a dataset. The value is null where there is none.</summary>
    public readonly struct NamedValue
    {
        public NamedValue(string name, Value value)
        {
            Name = name;
            Value = value;
        }

        public string Name { get; }
        public Value Value { get; }

        internal static NamedValue[] Take(IntPtr map)
        {
            try
            {
                var found = new NamedValue[Raw.af_value_map_count(map)];
                for (var i = 0; i < found.Length; i++)
                {
                    long length;
                    var name = Raw.af_value_map_name(map, i, out length);
                    found[i] = new NamedValue(Native.Text(name, length), Value.Borrow(Raw.af_value_map_value(map, i)));
                }
                return found;
            }
            finally { Raw.af_value_map_free(map); }
        }
    }
}
