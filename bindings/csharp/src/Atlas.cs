using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using ArrayFormat.Interop;

namespace ArrayFormat
{
    /// <summary>
    /// A store of many datasets with variables in common, so laid out that one variable is read across all of them. Changes gather until
    /// Flush commits them, all or nothing. A row is a dataset's number in the order of creation; null stands for all rows.
    /// </summary>
    public sealed class Atlas : Progressing
    {
        private Atlas(IntPtr handle, KeptStore store) : base(handle, Raw.af_atlas_close, store)
        {
            // Without a function of the caller's it is there for tokens.
            Check(Set(IntPtr.Zero));
        }

        internal override IntPtr Set(IntPtr number) { return Raw.af_atlas_set_progress(Pointer, number, IntPtr.Zero); }

        /// <summary>Creates an empty atlas in a folder, which is made if it is not there.</summary>
        public static unsafe Atlas Create(string path, AtlasOptions options = null)
        {
            Native.Ready();
            var given = AtlasOptions.Make(options);
            IntPtr made;
            Native.Check(Raw.af_atlas_create(Native.Bytes(path), (IntPtr)(&given), out made, IntPtr.Zero));
            return new Atlas(made, null);
        }

        /// <summary>Opens the atlas in a folder; the path may also name its metadata document or data.atlas.</summary>
        public static unsafe Atlas Open(string path, AtlasOptions options = null)
        {
            Native.Ready();
            var given = AtlasOptions.Make(options);
            IntPtr made;
            Native.Check(Raw.af_atlas_open(Native.Bytes(path), (IntPtr)(&given), out made, IntPtr.Zero));
            return new Atlas(made, null);
        }

        /// <summary>Creates an atlas in a store, whose keys begin with the prefix and a '/'; "" is the whole store.</summary>
        public static unsafe Atlas Create(Store store, string prefix, AtlasOptions options = null)
        {
            var given = AtlasOptions.Make(options);
            IntPtr made;
            store.Check(Raw.af_atlas_create_in(store.Pointer, Native.Bytes(prefix), (IntPtr)(&given), out made, IntPtr.Zero));
            return new Atlas(made, store.Store);
        }

        /// <summary>Opens an atlas in a store.</summary>
        public static unsafe Atlas Open(Store store, string prefix, AtlasOptions options = null)
        {
            var given = AtlasOptions.Make(options);
            IntPtr made;
            store.Check(Raw.af_atlas_open_in(store.Pointer, Native.Bytes(prefix), (IntPtr)(&given), out made, IntPtr.Zero));
            return new Atlas(made, store.Store);
        }

        /// <summary>Uses a cache for decoded blocks; null: its own again.</summary>
        public void SetCache(BlockCache cache)
        {
            Check(Raw.af_atlas_set_cache(Pointer, cache == null ? IntPtr.Zero : cache.Pointer, IntPtr.Zero));
            GC.KeepAlive(cache);
        }

        /// <summary>What kind of store it is.</summary>
        public unsafe AtlasInfo GetInfo()
        {
            var found = new AtlasInfo { StructSize = (uint)sizeof(AtlasInfo) };
            Check(Raw.af_atlas_get_info(Pointer, (IntPtr)(&found), IntPtr.Zero));
            return found;
        }

        /// <summary>What it has asked of its store since it was opened.</summary>
        public unsafe IoStats GetIoStats()
        {
            var found = new IoStats { StructSize = (uint)sizeof(IoStats) };
            Check(Raw.af_atlas_io_stats(Pointer, (IntPtr)(&found), IntPtr.Zero));
            return found;
        }

        /// <summary>Creates a dataset without arrays and opens it.</summary>
        public Dataset CreateDataset(string name)
        {
            IntPtr made;
            Check(Raw.af_atlas_create_dataset(Pointer, Native.Bytes(name), out made, IntPtr.Zero));
            return new Dataset(made, this);
        }

        public Dataset OpenDataset(string name)
        {
            IntPtr made;
            Check(Raw.af_atlas_open_dataset(Pointer, Native.Bytes(name), out made, IntPtr.Zero));
            return new Dataset(made, this);
        }

        public void DeleteDataset(string name) { Check(Raw.af_atlas_delete_dataset(Pointer, Native.Bytes(name), IntPtr.Zero)); }

        public bool ContainsDataset(string name)
        {
            byte found;
            Check(Raw.af_atlas_contains_dataset(Pointer, Native.Bytes(name), out found, IntPtr.Zero));
            return found != 0;
        }

        /// <summary>The row of a dataset.</summary>
        public long GetRow(string name)
        {
            long row;
            Check(Raw.af_atlas_dataset_row(Pointer, Native.Bytes(name), out row, IntPtr.Zero));
            return row;
        }

        /// <summary>The names of all datasets in the order of their rows.</summary>
        public string[] ListDatasets()
        {
            IntPtr found;
            Check(Raw.af_atlas_list_datasets(Pointer, out found, IntPtr.Zero));
            return Pieces.Take(found).Texts();
        }

        /// <summary>The names of variables that some dataset has, sorted by their bytes.</summary>
        public string[] ListVariables()
        {
            IntPtr found;
            Check(Raw.af_atlas_list_variables(Pointer, out found, IntPtr.Zero));
            return Pieces.Take(found).Texts();
        }

        /// <summary>What the arrays and attributes of all datasets are, with types that hold those of all.</summary>
        public AtlasSchema GetSchema()
        {
            IntPtr found;
            Check(Raw.af_atlas_get_schema(Pointer, out found, IntPtr.Zero));
            return AtlasSchema.Take(found);
        }

        /// <summary>
        /// The rows of the datasets for which a predicate may hold, judged without reading data; each ? in it stands for the next
        /// parameter. The header says what it is made of.
        /// </summary>
        public long[] Select(string predicate, params Value[] parameters)
        {
            var values = new IntPtr[parameters.Length + 1];
            try
            {
                values[0] = (IntPtr)parameters.Length;
                for (var i = 0; i < parameters.Length; i++) values[i + 1] = Value.Make(parameters[i]);
                IntPtr rows;
                Check(Raw.af_atlas_select(Pointer, Native.Bytes(predicate), values, out rows, IntPtr.Zero));
                var found = Native.Longs(Raw.af_rows_data(rows), Raw.af_rows_count(rows));
                Raw.af_rows_free(rows);
                return found;
            }
            finally
            {
                foreach (var value in values.Skip(1)) Raw.af_value_free(value);
            }
        }

        /// <summary>Commits all changes to all datasets. Changes of another writer to the same ones are a ConflictException.</summary>
        public void Flush(CancellationToken token = default(CancellationToken)) { Run(token, call => Raw.af_atlas_flush(Pointer, call)); }

        public Task FlushAsync(CancellationToken token = default(CancellationToken)) { return Task.Run(() => Flush(token), token); }

        /// <summary>Whether there are unflushed changes.</summary>
        public bool IsDirty
        {
            get
            {
                byte dirty;
                Check(Raw.af_atlas_is_dirty(Pointer, out dirty, IntPtr.Zero));
                return dirty != 0;
            }
        }

        /// <summary>Flushes, compacts every stack and forgets deleted datasets: rows move up.</summary>
        public void Compact(CancellationToken token = default(CancellationToken)) { Run(token, call => Raw.af_atlas_compact(Pointer, call)); }

        /// <summary>Drops unflushed changes and moves to the newest commit; whether there was one.</summary>
        public bool Refresh()
        {
            byte changed;
            Check(Raw.af_atlas_refresh(Pointer, out changed, IntPtr.Zero));
            return changed != 0;
        }

        /// <summary>Checks everything; returns also when problems were found.</summary>
        public Finding[] Verify(CancellationToken token = default(CancellationToken))
        {
            var found = IntPtr.Zero;
            Run(token, call => Raw.af_atlas_verify(Pointer, out found, call));
            return Finding.Take(found);
        }

        /// <summary>Empties layers that belong to no commit; the bytes given back. Not while another writer is at work.</summary>
        public long CollectGarbage()
        {
            long freed;
            Check(Raw.af_atlas_gc(Pointer, out freed, IntPtr.Zero));
            return freed;
        }

        /// <summary>
        /// Writes the store as it is seen, unflushed changes included and deleted datasets left out, as a new one in a folder: of any
        /// generation, metadata form and codec that the options choose. It is there as a whole or, at any other outcome, not at all.
        /// </summary>
        public unsafe void CopyTo(string path, AtlasOptions options = null, CancellationToken token = default(CancellationToken))
        {
            var given = AtlasOptions.Make(options);
            var address = (IntPtr)(&given);
            Run(token, call => Raw.af_atlas_copy(Pointer, Native.Bytes(path), address, call));
        }

        /// <summary>The same in a store.</summary>
        public unsafe void CopyTo(Store store, string prefix, AtlasOptions options = null, CancellationToken token = default(CancellationToken))
        {
            var given = AtlasOptions.Make(options);
            var address = (IntPtr)(&given);
            Run(token, call => Raw.af_atlas_copy_in(Pointer, store.Pointer, Native.Bytes(prefix), address, call));
            GC.KeepAlive(store);
        }

        /// <summary>The commits that AtlasOptions.AtCommit goes back to and when they were made, oldest first.</summary>
        public KeyValuePair<long, Timestamp>[] GetCommits()
        {
            IntPtr found;
            Check(Raw.af_atlas_commits(Pointer, out found, IntPtr.Zero));
            return Array.ConvertAll(NamedValue.Take(found), commit => new KeyValuePair<long, Timestamp>(
                long.Parse(commit.Name, System.Globalization.CultureInfo.InvariantCulture), commit.Value.To<Timestamp>()));
        }

        // -- across datasets

        private long Count(long[] rows) { return rows != null ? rows.Length : GetInfo().Datasets; }

        /// <summary>No row at all is not every row: an empty array of C#'s is passed as one without an address.</summary>
        private static long[] Given(long[] rows) { return rows != null && rows.Length == 0 ? new long[1] : rows; }

        /// <summary>What a variable is in each dataset, one line each.</summary>
        public ArrayInfo[] ListAcross(string variable, long[] rows = null)
        {
            IntPtr found;
            Check(Raw.af_atlas_list_across(Pointer, Native.Bytes(variable), Given(rows), Count(rows), out found, IntPtr.Zero));
            return ArrayInfo.Take(found);
        }

        /// <summary>One attribute of each dataset, or for a variable that is not null of its array.</summary>
        public NamedValue[] GetAttributeAcross(string variable, string key, long[] rows = null)
        {
            IntPtr found;
            Check(Raw.af_atlas_attribute_across(Pointer, variable == null ? null : Native.Bytes(variable), Native.Bytes(key), Given(rows),
                                                Count(rows), out found, IntPtr.Zero));
            return NamedValue.Take(found);
        }

        /// <summary>The statistics of a variable in each dataset; not known where one does not have it.</summary>
        public Stats[] GetStatsAcross(string variable, long[] rows = null)
        {
            IntPtr found;
            Check(Raw.af_atlas_stats_across(Pointer, Native.Bytes(variable), Given(rows), Count(rows), out found, IntPtr.Zero));
            return Stats.Take(found);
        }

        /// <summary>The least shape that the variable of all of them fits into.</summary>
        public long[] GetStackShape(string variable, long[] rows = null)
        {
            int rank;
            var shape = new long[MaxRank];
            Check(Raw.af_atlas_stack_shape(Pointer, Native.Bytes(variable), Given(rows), Count(rows), shape, out rank, IntPtr.Zero));
            return shape.Take(rank).ToArray();
        }

        private const int MaxRank = 32;

        /// <summary>Reads one variable of T across datasets, each in C order. The region is clipped to each one's shape.</summary>
        public unsafe Ragged<T> ReadRagged<T>(string variable, long[] rows = null, Region region = default(Region),
                                              CancellationToken token = default(CancellationToken)) where T : struct
        {
            ExpectAcross<T>(variable, rows);
            var count = Count(rows);
            var offsets = new long[count + 1];
            var present = new byte[count];
            Func<IntPtr, long, IntPtr, IntPtr> read = (memory, length, call) =>
                Raw.af_atlas_read_ragged(Pointer, Native.Bytes(variable), Given(rows), count, region.Start, region.Shape, region.Rank, memory,
                                         length, offsets, present, call);
            Run(token, call => read(IntPtr.Zero, 0, call));
            var elements = new T[offsets[count] / Elements.Unsafe<T>.Size];
            fixed (byte* first = &MemoryMarshal.GetReference(MemoryMarshal.AsBytes(new Span<T>(elements))))
            {
                var memory = (IntPtr)first;
                if (elements.Length > 0) Run(token, call => read(memory, offsets[count], call));
            }
            Elements.Clean(new Span<T>(elements));
            for (var i = 0; i <= count; i++) offsets[i] /= Elements.Unsafe<T>.Size;
            return new Ragged<T>(elements, offsets, present);
        }

        public Ragged<string> ReadRaggedTexts(string variable, long[] rows = null, Region region = default(Region),
                                              CancellationToken token = default(CancellationToken))
        {
            long[] offsets;
            byte[] present;
            var elements = ReadRaggedVariable(variable, rows, region, token, out offsets, out present);
            return new Ragged<string>(elements.Texts(), offsets, present);
        }

        public Ragged<byte[]> ReadRaggedBinaries(string variable, long[] rows = null, Region region = default(Region),
                                                 CancellationToken token = default(CancellationToken))
        {
            long[] offsets;
            byte[] present;
            var elements = ReadRaggedVariable(variable, rows, region, token, out offsets, out present);
            return new Ragged<byte[]>(elements.Binaries(), offsets, present);
        }

        private Pieces ReadRaggedVariable(string variable, long[] rows, Region region, CancellationToken token, out long[] offsets, out byte[] present)
        {
            var count = Count(rows);
            var ends = offsets = new long[count + 1];
            var there = present = new byte[count];
            var found = IntPtr.Zero;
            Run(token, call => Raw.af_atlas_read_ragged_variable(Pointer, Native.Bytes(variable), Given(rows), count, region.Start, region.Shape,
                                                                 region.Rank, out found, ends, there, call));
            return Pieces.Take(found);
        }

        /// <summary>
        /// Reads the same region of one variable of T in each dataset. All is the shape that GetStackShape tells. pad: what is missing is
        /// fill, or for null each array's fill value; else nothing may be missing.
        /// </summary>
        public unsafe Stacked<T> ReadStacked<T>(string variable, long[] rows = null, Region region = default(Region), bool pad = false,
                                                Value fill = null, CancellationToken token = default(CancellationToken)) where T : struct
        {
            ExpectAcross<T>(variable, rows);
            var shape = StackedShape(variable, rows, region);
            var elements = new T[Elements.Count(shape)];
            fixed (byte* first = &MemoryMarshal.GetReference(MemoryMarshal.AsBytes(new Span<T>(elements))))
            {
                var memory = (IntPtr)first;
                Value.With(fill, value => Run(token, call => Raw.af_atlas_read_stacked(
                    Pointer, Native.Bytes(variable), Given(rows), shape[0], region.Start, region.Shape, region.Rank, pad, value, memory,
                    Elements.Bytes<T>(elements.Length), call)));
            }
            Elements.Clean(new Span<T>(elements));
            return new Stacked<T>(elements, shape);
        }

        public Stacked<string> ReadStackedTexts(string variable, long[] rows = null, Region region = default(Region), bool pad = false,
                                                Value fill = null, CancellationToken token = default(CancellationToken))
        {
            long[] shape;
            return new Stacked<string>(ReadStackedVariable(variable, rows, region, pad, fill, token, out shape).Texts(), shape);
        }

        public Stacked<byte[]> ReadStackedBinaries(string variable, long[] rows = null, Region region = default(Region), bool pad = false,
                                                   Value fill = null, CancellationToken token = default(CancellationToken))
        {
            long[] shape;
            return new Stacked<byte[]>(ReadStackedVariable(variable, rows, region, pad, fill, token, out shape).Binaries(), shape);
        }

        private Pieces ReadStackedVariable(string variable, long[] rows, Region region, bool pad, Value fill, CancellationToken token, out long[] shape)
        {
            var whole = shape = StackedShape(variable, rows, region);
            var found = IntPtr.Zero;
            Value.With(fill, value => Run(token, call => Raw.af_atlas_read_stacked_variable(
                Pointer, Native.Bytes(variable), Given(rows), whole[0], region.Start, region.Shape, region.Rank, pad, value, out found, call)));
            return Pieces.Take(found);
        }

        private long[] StackedShape(string variable, long[] rows, Region region)
        {
            var each = region.IsAll ? GetStackShape(variable, rows) : region.Shape;
            return new[] { Count(rows) }.Concat(each).ToArray();
        }

        /// <summary>Compares the type of the first dataset that has the variable; that they do not differ the library sees to.</summary>
        private void ExpectAcross<T>(string variable, long[] rows) where T : struct
        {
            var first = ListAcross(variable, rows).FirstOrDefault(line => line.DataType != DataType.None);
            if (first != null) DataTypes.Expect<T>(first.DataType, "variable '" + variable + "'");
        }
    }

    /// <summary>One variable of datasets, one after the other: the i-th one's elements are those from Offsets[i] to Offsets[i + 1].</summary>
    public sealed class Ragged<T>
    {
        internal Ragged(T[] elements, long[] offsets, byte[] present)
        {
            Elements = elements;
            Offsets = offsets;
            Present = Array.ConvertAll(present, one => one != 0);
        }

        public T[] Elements { get; }
        public long[] Offsets { get; }
        /// <summary>Tells a dataset without the variable from one where it is empty.</summary>
        public bool[] Present { get; }

        public ReadOnlySpan<T> At(int i) { return new ReadOnlySpan<T>(Elements, (int)Offsets[i], (int)(Offsets[i + 1] - Offsets[i])); }
    }

    /// <summary>The same region of each dataset: Shape begins with their number.</summary>
    public sealed class Stacked<T>
    {
        internal Stacked(T[] elements, long[] shape)
        {
            Elements = elements;
            Shape = shape;
        }

        public T[] Elements { get; }
        public long[] Shape { get; }
    }
}
