using System;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>One line of a listing. Across datasets the name is the dataset's, and the type None where it lacks the variable.</summary>
    public sealed class ArrayInfo
    {
        internal ArrayInfo(string name, DataType type, long[] shape)
        {
            Name = name;
            DataType = type;
            Shape = shape;
        }

        public string Name { get; }
        public DataType DataType { get; }
        public long[] Shape { get; }

        internal static unsafe ArrayInfo[] Take(IntPtr listing)
        {
            try
            {
                var found = new ArrayInfo[Raw.af_listing_count(listing)];
                var names = (byte*)Raw.af_listing_names(listing);
                var nameAt = (long*)Raw.af_listing_name_offsets(listing);
                var types = (int*)Raw.af_listing_data_types(listing);
                var shapes = (long*)Raw.af_listing_shapes(listing);
                var shapeAt = (long*)Raw.af_listing_shape_offsets(listing);
                for (var i = 0; i < found.Length; i++)
                    found[i] = new ArrayInfo(Native.Text((IntPtr)(names + nameAt[i]), nameAt[i + 1] - nameAt[i]), (DataType)types[i],
                                             Native.Longs((IntPtr)(shapes + shapeAt[i]), shapeAt[i + 1] - shapeAt[i]));
                return found;
            }
            finally { Raw.af_listing_free(listing); }
        }
    }

    /// <summary>The statistics of an array.</summary>
    public sealed class Stats
    {
        public string Name { get; private set; }
        /// <summary>False for layers of other writers that have none: the rest says nothing then.</summary>
        public bool Known { get; private set; }
        public ulong Rows { get; private set; }
        /// <summary>Elements that equal the fill value or were never written.</summary>
        public ulong Nulls { get; private set; }
        /// <summary>Null if no element counts.</summary>
        public Value Min { get; private set; }
        public Value Max { get; private set; }

        internal static Stats[] Take(IntPtr stats)
        {
            try
            {
                var found = new Stats[Raw.af_stats_count(stats)];
                for (var i = 0; i < found.Length; i++)
                {
                    long length;
                    var name = Raw.af_stats_name(stats, i, out length);
                    found[i] = new Stats
                    {
                        Name = Native.Text(name, length),
                        Known = Raw.af_stats_known(stats, i),
                        Rows = Raw.af_stats_row_count(stats, i),
                        Nulls = Raw.af_stats_null_count(stats, i),
                        Min = Value.Borrow(Raw.af_stats_min(stats, i)),
                        Max = Value.Borrow(Raw.af_stats_max(stats, i))
                    };
                }
                return found;
            }
            finally { Raw.af_stats_free(stats); }
        }
    }

    /// <summary>One line of a check. A problem is damaged or missing data; the rest is worth knowing.</summary>
    public sealed class Finding
    {
        public bool IsProblem { get; private set; }
        public string Text { get; private set; }

        internal static Finding[] Take(IntPtr report)
        {
            try
            {
                var found = new Finding[Raw.af_report_count(report)];
                for (var i = 0; i < found.Length; i++)
                    found[i] = new Finding { IsProblem = Raw.af_report_is_problem(report, i), Text = Native.Text(Raw.af_report_text(report, i)) };
                return found;
            }
            finally { Raw.af_report_free(report); }
        }
    }

    /// <summary>A key and what its values are.</summary>
    public sealed class AttributeType
    {
        public string Key { get; private set; }
        public DataType DataType { get; private set; }
        public bool IsList { get; private set; }

        internal static AttributeType[] Of(IntPtr schema, long array)
        {
            var found = new AttributeType[Raw.af_atlas_schema_attribute_count(schema, array)];
            for (var i = 0; i < found.Length; i++)
            {
                long length;
                var key = Raw.af_atlas_schema_attribute_key(schema, array, i, out length);
                found[i] = new AttributeType
                {
                    Key = Native.Text(key, length),
                    DataType = (DataType)Raw.af_atlas_schema_attribute_data_type(schema, array, i),
                    IsList = Raw.af_atlas_schema_attribute_is_list(schema, array, i)
                };
            }
            return found;
        }
    }

    /// <summary>An array of a dataset, or of all of them.</summary>
    public sealed class AtlasArray
    {
        public string Name { get; private set; }
        public DataType DataType { get; private set; }
        public string[] Dimensions { get; private set; }
        public AttributeType[] Attributes { get; private set; }
        /// <summary>Of one dataset's array; Unknown of several datasets'.</summary>
        public Codec Codec { get; private set; }
        /// <summary>Of one dataset's array; null of several datasets'.</summary>
        public long[] ChunkShape { get; private set; }

        internal static AtlasArray Of(IntPtr schema, long array)
        {
            long length;
            var name = Raw.af_atlas_schema_array_name(schema, array, out length);
            var found = new AtlasArray
            {
                Name = Native.Text(name, length),
                DataType = (DataType)Raw.af_atlas_schema_array_data_type(schema, array),
                Dimensions = new string[Raw.af_atlas_schema_dimension_count(schema, array)],
                Attributes = AttributeType.Of(schema, array),
                Codec = (Codec)Raw.af_atlas_schema_array_codec(schema, array)
            };
            int rank;
            var extents = Raw.af_atlas_schema_array_chunk_shape(schema, array, out rank);
            if (extents != IntPtr.Zero) found.ChunkShape = Native.Longs(extents, rank);
            for (var axis = 0; axis < found.Dimensions.Length; axis++)
            {
                var dimension = Raw.af_atlas_schema_dimension_name(schema, array, axis, out length);
                found.Dimensions[axis] = Native.Text(dimension, length);
            }
            return found;
        }
    }

    /// <summary>What arrays and attributes are, without values.</summary>
    public sealed class AtlasSchema
    {
        public AtlasArray[] Arrays { get; private set; }
        public AttributeType[] Attributes { get; private set; }

        internal static AtlasSchema Take(IntPtr schema)
        {
            try
            {
                var found = new AtlasSchema
                {
                    Arrays = new AtlasArray[Raw.af_atlas_schema_array_count(schema)],
                    Attributes = AttributeType.Of(schema, -1)
                };
                for (var i = 0; i < found.Arrays.Length; i++) found.Arrays[i] = AtlasArray.Of(schema, i);
                return found;
            }
            finally { Raw.af_atlas_schema_free(schema); }
        }
    }
}
