using System;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>One level of nesting below a list: the child's type, and the size of the lists that hold it, 0 if it is not fixed.</summary>
    public readonly struct ListLevel
    {
        public ListLevel(DataType child, long size)
        {
            Child = child;
            Size = size;
        }

        public DataType Child { get; }
        public long Size { get; }
    }

    /// <summary>What an array is.</summary>
    public sealed class Schema
    {
        public Schema(DataType type, params long[] shape)
        {
            DataType = type;
            Shape = shape;
        }

        /// <summary>A schema of T, in one chunk.</summary>
        public static Schema Of<T>(params long[] shape) where T : struct { return new Schema(DataTypes.Of<T>(), shape); }

        /// <summary>That of the elements, or List or FixedSizeList.</summary>
        public DataType DataType { get; }
        public long[] Shape { get; }
        /// <summary>The levels below a list, outermost first.</summary>
        public ListLevel[] Lists { get; set; } = new ListLevel[0];
        /// <summary>The whole array if it is null.</summary>
        public long[] ChunkShape { get; set; }
        /// <summary>dim0, dim1, ... if they are null.</summary>
        public string[] Dimensions { get; set; }
        /// <summary>What unwritten cells read as; null for none.</summary>
        public Value Fill { get; set; }

        /// <summary>Makes the library's schema, to be freed by af_schema_free.</summary>
        internal IntPtr Make()
        {
            IntPtr schema;
            var element = Lists.Length > 0 ? Lists[Lists.Length - 1].Child : DataType;
            Native.Check(Raw.af_schema_create((int)element, Shape, Shape.Length, out schema, IntPtr.Zero));
            try
            {
                for (var level = Lists.Length - 1; level >= 0; level--)
                {
                    var of = level > 0 ? Lists[level - 1].Child : DataType;
                    Native.Check(Raw.af_schema_wrap_list(schema, (int)of, Lists[level].Size, IntPtr.Zero));
                }
                if (ChunkShape != null) Native.Check(Raw.af_schema_set_chunk_shape(schema, ChunkShape, ChunkShape.Length, IntPtr.Zero));
                for (var axis = 0; Dimensions != null && axis < Dimensions.Length; axis++)
                    Native.Check(Raw.af_schema_set_dimension_name(schema, axis, Native.Bytes(Dimensions[axis]), IntPtr.Zero));
                if (Fill != null) Value.With(Fill, fill => Native.Check(Raw.af_schema_set_fill(schema, fill, IntPtr.Zero)));
                return schema;
            }
            catch
            {
                Raw.af_schema_free(schema);
                throw;
            }
        }

        internal static Schema Take(IntPtr schema)
        {
            try
            {
                var rank = Raw.af_schema_rank(schema);
                var found = new Schema((DataType)Raw.af_schema_data_type(schema), Native.Longs(Raw.af_schema_shape(schema), rank))
                {
                    Lists = new ListLevel[Raw.af_schema_list_depth(schema)],
                    ChunkShape = Native.Longs(Raw.af_schema_chunk_shape(schema), rank),
                    Dimensions = new string[rank],
                    Fill = Value.Borrow(Raw.af_schema_fill(schema))
                };
                for (var axis = 0; axis < rank; axis++)
                {
                    long length;
                    var name = Raw.af_schema_dimension_name(schema, axis, out length);
                    found.Dimensions[axis] = Native.Text(name, length);
                }
                for (var level = 0; level < found.Lists.Length; level++)
                    found.Lists[level] = new ListLevel((DataType)Raw.af_schema_list_data_type(schema, level + 1),
                                                       Raw.af_schema_list_size(schema, level));
                return found;
            }
            finally { Raw.af_schema_free(schema); }
        }

        /// <summary>The part that reading needs.</summary>
        internal static DataType TakeLayout(IntPtr schema, out long[] shape, out long count)
        {
            shape = Native.Longs(Raw.af_schema_shape(schema), Raw.af_schema_rank(schema));
            count = Raw.af_schema_element_count(schema);
            var type = (DataType)Raw.af_schema_data_type(schema);
            Raw.af_schema_free(schema);
            return type;
        }
    }
}
