using System;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>One dataset of an atlas.</summary>
    public sealed class Dataset : Arrays
    {
        private readonly Atlas atlas;

        internal Dataset(IntPtr handle, Atlas atlas) : base(handle, Raw.af_dataset_close, atlas.Store) { this.atlas = atlas; }

        /// <summary>Sets what is told of all the atlas's long calls.</summary>
        public override void SetProgress(Func<long, long, bool> call) { atlas.SetProgress(call); }
        internal override IntPtr Set(IntPtr number) { return atlas.Set(number); }
        internal override Exception Cause(Status status) { return base.Cause(status) ?? atlas.Cause(status); }

        internal override IntPtr RawDefine(byte[] name, IntPtr schema) { return Raw.af_dataset_define(Pointer, name, schema, IntPtr.Zero); }
        internal override IntPtr RawDelete(byte[] name) { return Raw.af_dataset_delete(Pointer, name, IntPtr.Zero); }
        internal override IntPtr RawContains(byte[] name, out byte found) { return Raw.af_dataset_contains(Pointer, name, out found, IntPtr.Zero); }
        internal override IntPtr RawSchema(byte[] name, out IntPtr found) { return Raw.af_dataset_schema(Pointer, name, out found, IntPtr.Zero); }
        internal override IntPtr RawList(out IntPtr found) { return Raw.af_dataset_list(Pointer, out found, IntPtr.Zero); }
        internal override IntPtr RawStats(byte[] name, out IntPtr found) { return Raw.af_dataset_stats(Pointer, name, out found, IntPtr.Zero); }

        internal override IntPtr RawWrite(byte[] name, Region region, int rank, long[] strides, IntPtr data, long length, IntPtr call)
        {
            return Raw.af_dataset_write(Pointer, name, region.Start, region.Shape, rank, strides, data, length, call);
        }

        internal override IntPtr RawRead(byte[] name, Region region, int rank, long[] strides, IntPtr data, long length, IntPtr call)
        {
            return Raw.af_dataset_read(Pointer, name, region.Start, region.Shape, rank, strides, data, length, call);
        }

        internal override IntPtr RawWriteVariable(byte[] name, Region region, IntPtr data, long[] offsets, long count, IntPtr call)
        {
            return Raw.af_dataset_write_variable(Pointer, name, region.Start, region.Shape, region.Rank, data, offsets, count, call);
        }

        internal override IntPtr RawReadVariable(byte[] name, Region region, out IntPtr found, IntPtr call)
        {
            return Raw.af_dataset_read_variable(Pointer, name, region.Start, region.Shape, region.Rank, out found, call);
        }

        public string Name { get { return Borrow(text => Raw.af_dataset_name(Pointer, text, IntPtr.Zero)); } }

        /// <summary>What its arrays and attributes are.</summary>
        public AtlasSchema GetTypes()
        {
            IntPtr found;
            Check(Raw.af_dataset_get_schema(Pointer, out found, IntPtr.Zero));
            return AtlasSchema.Take(found);
        }

        /// <summary>Sets an attribute of the dataset.</summary>
        public void SetAttribute(string key, Value value)
        {
            Value.With(value, made => Check(Raw.af_dataset_set_attribute(Pointer, Native.Bytes(key), made, IntPtr.Zero)));
        }

        public void RemoveAttribute(string key) { Check(Raw.af_dataset_remove_attribute(Pointer, Native.Bytes(key), IntPtr.Zero)); }

        public Value GetAttribute(string key)
        {
            IntPtr found;
            Check(Raw.af_dataset_get_attribute(Pointer, Native.Bytes(key), out found, IntPtr.Zero));
            return Value.Take(found);
        }

        /// <summary>All attributes of the dataset, in the order in which they were first set.</summary>
        public NamedValue[] GetAttributes()
        {
            IntPtr found;
            Check(Raw.af_dataset_attributes(Pointer, out found, IntPtr.Zero));
            return NamedValue.Take(found);
        }

        /// <summary>Sets an attribute of one of its arrays.</summary>
        public void SetArrayAttribute(string name, string key, Value value)
        {
            Value.With(value, made => Check(Raw.af_dataset_set_array_attribute(Pointer, Native.Bytes(name), Native.Bytes(key), made, IntPtr.Zero)));
        }

        public void RemoveArrayAttribute(string name, string key)
        {
            Check(Raw.af_dataset_remove_array_attribute(Pointer, Native.Bytes(name), Native.Bytes(key), IntPtr.Zero));
        }

        public Value GetArrayAttribute(string name, string key)
        {
            IntPtr found;
            Check(Raw.af_dataset_get_array_attribute(Pointer, Native.Bytes(name), Native.Bytes(key), out found, IntPtr.Zero));
            return Value.Take(found);
        }

        /// <summary>All attributes of one of its arrays.</summary>
        public NamedValue[] GetArrayAttributes(string name)
        {
            IntPtr found;
            Check(Raw.af_dataset_array_attributes(Pointer, Native.Bytes(name), out found, IntPtr.Zero));
            return NamedValue.Take(found);
        }
    }
}
