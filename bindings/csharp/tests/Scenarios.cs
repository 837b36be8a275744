using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using System.Threading;
using ArrayFormat;
using static Test;

/// <summary>The scenarios of bindings/README.md, under the names that they have in every language.</summary>
class Scenarios
{
    internal IEnumerable<KeyValuePair<string, Action>> All()
    {
        return new Dictionary<string, Action>
        {
            { "missing_file", MissingFile }, { "every_dtype", EveryDtype }, { "empty_array", EmptyArray }, { "length_5_gib", Length5GiB },
            { "unaligned_region", UnalignedRegion }, { "strided_region", StridedRegion }, { "batch_read", BatchRead },
            { "attributes", Attributes }, { "atlas_across", AtlasAcross }, { "mmap_views", MmapViews }, { "user_store", UserStore },
            { "progress", ProgressIsTold }, { "cancel", Cancel }, { "callback_error", CallbackError }, { "use_after_close", UseAfterClose },
            { "double_close", DoubleClose }, { "close_any_order", CloseAnyOrder }, { "close_during_read", CloseDuringRead },
            { "left_to_collector", LeftToCollector }, { "eight_threads", EightThreads }
        };
    }

    static int[] Counting(int count) { return Enumerable.Range(0, count).ToArray(); }

    static Region At(long[] start, params long[] shape) { return new Region(start, shape); }

    static long[] Longs(params long[] numbers) { return numbers; }

    /// <summary>A file with one array of int, counting up.</summary>
    internal static ArrayFile Grid(long[] shape, long[] chunks)
    {
        var file = ArrayFile.CreateMemory();
        file.Define("grid", new Schema(DataType.Int32, shape) { ChunkShape = chunks });
        file.Write("grid", Counting((int)shape.Aggregate(1L, (all, extent) => all * extent)));
        return file;
    }

    void MissingFile()
    {
        var thrown = Throws<NotFoundException>(() => ArrayFile.Open(Test.Path(Astral + "/nowhere.af")));
        Equal(Status.NotFound, thrown.Status, "status");
        True(thrown.Message.Contains(Astral), "the path is not in " + thrown.Message);
    }

    static void RoundTrip<T>(ArrayFile file, params T[] elements) where T : struct
    {
        var name = typeof(T).Name;
        file.Define(name, Schema.Of<T>(elements.Length));
        file.Write(name, elements);
        file.Flush();
        var found = file.Read<T>(name);
        Equal(MemoryMarshal.AsBytes(elements.AsSpan()).ToArray(), MemoryMarshal.AsBytes(found.AsSpan()).ToArray(), name);
        Equal(DataTypes.Of<T>(), file.GetSchema(name).DataType, name);
        if (typeof(T) == typeof(sbyte)) Throws<DataTypeMismatchException>(() => file.Read<byte>(name));
        else Throws<DataTypeMismatchException>(() => file.Read<sbyte>(name));
    }

    void EveryDtype()
    {
        using (var file = ArrayFile.Create(Test.Path("all.af")))
        {
            RoundTrip(file, true, false, true);
            RoundTrip(file, sbyte.MinValue, (sbyte)0, sbyte.MaxValue);
            RoundTrip(file, short.MinValue, (short)0, short.MaxValue);
            RoundTrip(file, int.MinValue, 0, int.MaxValue);
            RoundTrip(file, long.MinValue, 0, long.MaxValue);
            RoundTrip(file, (byte)0, byte.MaxValue);
            RoundTrip(file, (ushort)0, ushort.MaxValue);
            RoundTrip(file, 0u, uint.MaxValue);
            RoundTrip(file, 0ul, ulong.MaxValue);
            RoundTrip(file, float.NegativeInfinity, -0f, float.Epsilon, float.NaN);
            RoundTrip(file, double.NegativeInfinity, -0.0, double.Epsilon, double.NaN);
            RoundTrip(file, new Timestamp(long.MinValue), new Timestamp(0), Timestamp.Of(DateTimeOffset.UtcNow));

            var texts = new[] { "", Astral, "plain", string.Concat(Enumerable.Repeat("🌊", 1000)) };
            file.Define("texts " + Astral, new Schema(DataType.String, 4));
            file.WriteTexts("texts " + Astral, Region.All, texts);
            Equal(texts, file.ReadTexts("texts " + Astral), "texts");
            Throws<InvalidArgumentException>(() => file.WriteTexts("texts " + Astral, Region.All, new[] { "\ud800", "", "", "" }));
            Throws<InvalidNameException>(() => file.Contains("\udc00"));

            var binaries = new[] { new byte[0], new byte[] { 0, 255, 0 } };
            file.Define("binaries", new Schema(DataType.Binary, 2));
            file.WriteBinaries("binaries", Region.All, binaries);
            Equal(binaries, file.ReadBinaries("binaries"), "binaries");

            var levels = new[] { new ListLevel(DataType.FixedSizeList, 0), new ListLevel(DataType.Float32, 3) };
            file.Define("lists", new Schema(DataType.List, 2) { Lists = levels });
            file.WriteChunk("lists", new byte[] { 1, 2, 3 }, 0);
            Equal(new byte[] { 1, 2, 3 }, file.ReadChunk("lists", 0), "chunk of lists");
            Equal(new[] { Longs(0) }, file.GetChunks("lists"), "chunks");
            Equal(levels, file.GetSchema("lists").Lists, "levels of lists");
            Equal(DataType.List, file.GetSchema("lists").DataType, "type of lists");
        }
    }

    void EmptyArray()
    {
        using (var file = ArrayFile.CreateMemory())
        {
            file.Define("none", Schema.Of<double>(3, 0, 2));
            file.Write("none", new double[0]);
            file.Flush();
            Equal(0, file.Read<double>("none").Length, "elements");
            file.Define("", Schema.Of<sbyte>());
            Equal(new sbyte[] { 0 }, file.Read<sbyte>(""), "rank 0");
            file.Define("texts", new Schema(DataType.String, 0));
            file.WriteTexts("texts", Region.All, new string[0]);
            Equal(0, file.ReadTexts("texts").Length, "texts");
        }
    }

    void Length5GiB()
    {
        const long gib5 = 5L << 30;
        using (var mapped = MmapArray.CreateZeros<double>(Test.Path("sparse.mmap"), Longs(5, 1 << 27)))
        using (var view = mapped.GetView())
        {
            Equal(gib5, view.Length, "length");
            mapped.Write(At(Longs(4, (1 << 27) - 1), 1, 1), new ReadOnlySpan<double>(new[] { 42.0 }));
            Equal(42.0, view.Span<double>((5L << 27) - 1, 1)[0], "last");
            Throws<OutOfBoundsException>(() => view.Span<double>((5L << 27) - 1, 2));
        }
        using (var file = ArrayFile.CreateMemory())
        {
            file.Define("wide", new Schema(DataType.UInt8, 3, uint.MaxValue) { ChunkShape = Longs(1, 1 << 20) });
            var at = At(Longs(2, uint.MaxValue - 2), 1, 2);
            file.Write("wide", at, new ReadOnlySpan<byte>(new byte[] { 7, 8 }));
            Equal(new byte[] { 7, 8 }, file.Read<byte>("wide", at), "far out");
            Throws<LimitExceededException>(() => file.Define("wider", Schema.Of<byte>(gib5)));
            Throws<InvalidArgumentException>(() => file.ReadInto("wide", At(Longs(0, 0), 2, uint.MaxValue - 10), new Span<byte>(new byte[8])));
            Throws<OutOfBoundsException>(() => file.Read<byte>("wide", At(Longs(0, 0), 1, gib5)));
            var address = Marshal.AllocHGlobal(8);
            Throws<OutOfBoundsException>(() => file.ReadTo("wide", At(Longs(0, 0), 1, gib5), address, gib5));
            Marshal.FreeHGlobal(address);
        }
    }

    void UnalignedRegion()
    {
        using (var file = Grid(Longs(10, 10), Longs(3, 4)))
        {
            var at = At(Longs(2, 3), 2, 6);
            Equal(new[] { 23, 24, 25, 26, 27, 28, 33, 34, 35, 36, 37, 38 }, file.Read<int>("grid", at), "across chunks");
            file.Write("grid", at, new ReadOnlySpan<int>(new int[12]));
            file.Flush();
            Equal(new[] { 30, 31, 32, 0, 0, 0, 0, 0, 0, 39 }, file.Read<int>("grid", At(Longs(3, 0), 1, 10)), "changed");
            Throws<OutOfBoundsException>(() => file.Read<int>("grid", At(Longs(9, 9), 2, 1)));
            Throws<InvalidArgumentException>(() => At(Longs(0), 1, 1));
            Throws<InvalidArgumentException>(() => file.Read<int>("grid", At(Longs(0), 1)));
        }
    }

    void StridedRegion()
    {
        using (var file = Grid(Longs(4, 6), Longs(2, 4)))
        {
            var at = At(Longs(1, 2), 2, 3);
            var found = new int[6];
            file.ReadInto("grid", at, new Span<int>(found), Longs(4, 8));
            Equal(new[] { 8, 14, 9, 15, 10, 16 }, found, "transposed");
            file.ReadInto("grid", at, new Span<int>(found), Longs(-12, -4));
            Equal(new[] { 16, 15, 14, 10, 9, 8 }, found, "backwards");
            file.Write("grid", at, new ReadOnlySpan<int>(new[] { 1, 2, 3, 4, 5, 6 }), Longs(12, -4));
            Equal(new[] { 3, 2, 1, 6, 5, 4 }, file.Read<int>("grid", at), "written");
            Throws<InvalidArgumentException>(() => file.ReadInto("grid", at, new Span<int>(found, 0, 5), Longs(12, 4)));
            Throws<InvalidArgumentException>(() => file.ReadInto("grid", at, new Span<int>(found), Longs(4)));
            file.ReadIntoAsync("grid", at, new Memory<int>(found)).Wait();
            Equal(new[] { 3, 2, 1, 6, 5, 4 }, found, "on another thread");
        }
    }

    void BatchRead()
    {
        using (var file = ArrayFile.CreateMemory())
        {
            var names = Counting(1000).Select(i => Astral + " " + i).ToArray();
            for (var i = 0; i < names.Length; i++)
            {
                file.Define(names[i], Schema.Of<int>(i % 7));
                file.Write(names[i], Counting(i % 7));
            }
            file.Flush();
            Equal(names, file.List().Select(line => line.Name).ToArray(), "listed");
            Array.Reverse(names);
            byte[] memory = null;
            var offsets = file.ReadMany(new Names(names), ref memory);
            var before = memory;
            file.ReadMany(new Names(names), ref memory);
            True(ReferenceEquals(before, memory), "memory that is large enough was replaced");
            for (var i = 0; i < names.Length; i++)
            {
                var count = (999 - i) % 7;
                Equal(count * 4L, offsets[i + 1] - offsets[i], names[i]);
                if (count > 0) Equal(count - 1, BitConverter.ToInt32(memory, (int)offsets[i + 1] - 4), names[i]);
            }
            Throws<ArrayNotFoundException>(() => file.ReadMany(new Names(names[0], "nobody"), ref memory));
            Equal(Longs(0), file.ReadMany(new Names(), ref memory), "nothing");
        }
    }

    void Attributes()
    {
        using (var file = ArrayFile.CreateMemory())
        {
            file.Define("a", new Schema(DataType.Int32, 2) { Dimensions = new[] { "x " + Astral }, Fill = Value.Scalar(-9L) });
            file.Define("b", Schema.Of<int>(2));
            var given = new Dictionary<string, Value>
            {
                { "bool", Value.Scalar(true) }, { "int", Value.Scalar((short)-3) }, { "big", Value.Scalar(ulong.MaxValue) },
                { "real", Value.Scalar(2.5) }, { "text", Value.Text(Astral) }, { "empty", Value.Text("") },
                { "bytes", Value.Binary(new byte[] { 0, 1, 255 }) }, { "reals", Value.List(1f, 2f, 3f) },
                { "texts", Value.Texts("", Astral) }, { "none", Value.List<sbyte>() }, { "many bytes", Value.Binaries(new byte[] { 0 }, new byte[0]) }
            };
            foreach (var one in given) file.SetAttribute("a", one.Key, one.Value);
            file.SetFileAttribute("title", Value.Text(Astral));
            file.Flush();
            var found = file.GetAttributes("a").ToDictionary(one => one.Name, one => one.Value);
            Equal(given.Count, found.Count, "how many");
            foreach (var one in given) Equal(one.Value, found[one.Key], one.Key);
            Equal(new[] { 1f, 2f, 3f }, found["reals"].ToArray<float>(), "reals");
            Equal("[, " + Astral + "]", found["texts"].ToString(), "texts");
            Equal("2.5", found["real"].ToString(), "real");
            Equal(-9L, file.GetSchema("a").Fill.To<long>(), "fill");
            Equal("x " + Astral, file.GetSchema("a").Dimensions[0], "dimension");
            Throws<DataTypeMismatchException>(() => found["real"].To<float>());
            var column = file.GetAttributeColumn("int");
            Equal((short)-3, column[0].Value.To<short>(), "column");
            True(column[1].Name == "b" && column[1].Value == null, "b has an attribute");
            file.RemoveAttribute("a", "int");
            Throws<AttributeNotFoundException>(() => file.GetAttribute("a", "int"));
            Throws<UnsupportedException>(() => file.SetAttribute("a", "time", Value.Scalar(new Timestamp(1))));
            var stats = file.GetStats()[0];
            True(stats.Known && stats.Rows == 2 && stats.Nulls == 2 && stats.Min == null, "statistics");
        }
    }

    void AtlasAcross()
    {
        using (var atlas = Atlas.Create(Test.Path("store")))
        {
            for (var row = 0; row < 4; row++)
            {
                using (var dataset = atlas.CreateDataset(Astral + " " + row))
                {
                    dataset.SetAttribute("row", Value.Scalar((long)row));
                    if (row == 2) continue;
                    dataset.Define("depth", new Schema(DataType.Float32, row + 1) { Fill = Value.Scalar(-1.0) });
                    dataset.Write("depth", new[] { 10f, 11f, 12f, 13f }.Take(row + 1).ToArray());
                    dataset.SetArrayAttribute("depth", "units", Value.Text("m"));
                    dataset.Define("notes", new Schema(DataType.String, 1));
                    dataset.WriteTexts("notes", Region.All, new[] { Astral + row });
                }
            }
            atlas.Flush();

            var ragged = atlas.ReadRagged<float>("depth");
            Equal(new[] { 10f, 10, 11, 10, 11, 12, 13 }, ragged.Elements, "ragged");
            Equal(Longs(0, 1, 3, 3, 7), ragged.Offsets, "offsets");
            Equal(new[] { true, true, false, true }, ragged.Present, "present");
            var some = atlas.ReadRagged<float>("depth", Longs(3, 0), At(Longs(0), 2));
            Equal(new[] { 10f, 11 }, some.At(0).ToArray(), "some");
            Equal(new[] { Astral + 0, Astral + 1, Astral + 3 }, atlas.ReadRaggedTexts("notes").Elements, "notes");
            var padded = atlas.ReadStacked<float>("depth", Longs(1, 2), pad: true, fill: Value.Scalar(7f));
            Equal(new[] { 10f, 11, 7, 7 }, padded.Elements, "padded");
            Equal(Longs(2, 2), padded.Shape, "shape");
            Equal(new[] { 10f, -1, 10, 11 }, atlas.ReadStacked<float>("depth", Longs(0, 1), pad: true).Elements, "filled");
            Throws<OutOfBoundsException>(() => atlas.ReadStacked<float>("depth", Longs(0, 1)));
            Equal(new[] { Astral + 0, Astral + 1, "none", Astral + 3 },
                  atlas.ReadStackedTexts("notes", pad: true, fill: Value.Text("none")).Elements, "texts");
            Throws<DataTypeMismatchException>(() => atlas.ReadRagged<double>("depth"));

            Equal(Longs(4), atlas.GetStackShape("depth"), "stack shape");
            Equal(DataType.None, atlas.ListAcross("depth", Longs(2))[0].DataType, "listed");
            Equal(Longs(3), atlas.Select("depth > ?", Value.Scalar(11.5)), "selected");
            Equal(3L, atlas.GetAttributeAcross(null, "row")[3].Value.To<long>(), "attribute");
            var units = atlas.GetAttributeAcross("depth", "units");
            True(units[1].Value.Equals(Value.Text("m")) && units[2].Value == null, "units");
            var stats = atlas.GetStatsAcross("depth", Longs(3, 2));
            True(stats[0].Max.To<double>() == 13 && !stats[1].Known, "statistics");
            Equal("depth", atlas.GetSchema().Arrays[0].Name, "schema");
            Equal(new[] { "depth", "notes" }, atlas.ListVariables(), "variables");
            Equal(4L, atlas.GetInfo().Datasets, "datasets");
            Equal(Generation.Schema3, atlas.GetInfo().Generation, "generation");
            Equal(0, atlas.ReadRagged<float>("depth", new long[0]).Elements.Length, "no rows");
        }
    }

    void MmapViews()
    {
        var path = Test.Path(Astral + ".mmap");
        var mapped = MmapArray.Create(path, Longs(2, 3), new ReadOnlySpan<int>(new[] { 1, 2, 3, 4, 5, 6 }));
        var mutable = mapped.GetMutableView();
        var changing5 = mutable.MutableSpan<int>();
        changing5[5] = 60;
        Equal(path, mapped.Path, "path");
        mapped.Flush();
        mapped.Dispose();
        MmapView view;
        using (var reader = MmapArray.Open(path))
        {
            view = reader.GetView();
            Throws<ReadOnlyException>(() => reader.GetMutableView());
        }
        Equal(new[] { 1, 2, 3, 4, 5, 60 }, view.Span<int>().ToArray(), "in place");
        Equal(Longs(12, 4), view.Strides, "strides");
        Throws<DataTypeMismatchException>(() => view.Span<float>());
        Throws<ReadOnlyException>(() => view.MutableSpan<int>());
        var changing0 = mutable.MutableSpan<int>();
        changing0[0] = 10;
        Equal(10, view.Span<int>()[0], "shared");
        var memory = view.Memory<int>(1, 2);
        Equal(new[] { 2, 3 }, memory.ToArray(), "memory");
        using (var pinned = memory.Pin()) unsafe { Equal(2, *(int*)pinned.Pointer, "pinned"); }
        mutable.Dispose();
        view.Dispose();
        Throws<ObjectDisposedException>(() => view.Span<int>());
        Throws<ObjectDisposedException>(() => memory.ToArray());
    }

    /// <summary>An IObjectStore in memory, with a failure to be had.</summary>
    internal sealed class Shelf : IObjectStore
    {
        internal readonly SortedDictionary<string, byte[]> Objects = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        private readonly Dictionary<string, string> tokens = new Dictionary<string, string>();
        private int count;
        internal volatile Exception Failing;

        public ObjectVersion Stat(string key)
        {
            lock (Objects) return new ObjectVersion(Objects[key].Length, tokens[key]);
        }

        public void Get(string key, string token, long offset, Span<byte> dst)
        {
            lock (Objects)
            {
                if (tokens[key] != token) throw ArrayFormatException.Create(Status.Stale, key);
                Objects[key].AsSpan((int)offset, dst.Length).CopyTo(dst);
            }
        }

        public string Put(string key, ReadOnlySpan<byte> data, PutCondition condition, string token)
        {
            lock (Objects)
            {
                if (Failing != null) throw Failing;
                string there;
                tokens.TryGetValue(key, out there);
                if (condition == PutCondition.IfAbsent && there != null || condition == PutCondition.IfMatch && there != token)
                    throw ArrayFormatException.Create(Status.Conflict, key);
                Objects[key] = data.ToArray();
                return tokens[key] = "version " + ++count;
            }
        }

        public void Remove(string key, string token)
        {
            lock (Objects)
            {
                if (!Objects.ContainsKey(key)) throw new KeyNotFoundException(key);
                if (token != null && tokens[key] != token) throw ArrayFormatException.Create(Status.Conflict, key);
                Objects.Remove(key);
                tokens.Remove(key);
            }
        }

        public IEnumerable<KeyValuePair<string, long>> List(string prefix)
        {
            lock (Objects)
                return Objects.Where(one => one.Key.StartsWith(prefix, StringComparison.Ordinal))
                    .Select(one => new KeyValuePair<string, long>(one.Key, one.Value.Length)).ToArray();
        }
    }

    void UserStore()
    {
        var objects = new Shelf();
        var key = Astral + "/stack.af";
        using (var store = Store.Create(objects))
        {
            using (var file = ArrayFile.Create(store, key))
            {
                file.Define("a", new Schema(DataType.Int32, 1000) { ChunkShape = Longs(10) });
                file.Write("a", Counting(1000));
                file.Flush();
                file.Write("a", At(Longs(0), 1), new ReadOnlySpan<int>(new[] { -1 }));
                file.Flush();
            }
            using (var again = ArrayFile.Open(store, key, new ArrayFileOptions { Writable = true }))
            {
                Equal(new[] { -1, 1, 2 }, again.Read<int>("a").Take(3).ToArray(), "read back");
                again.Compact();
                Equal(1L, again.LayerCount, "layers");
            }
            Equal(new[] { key }, store.List(Astral + "/stack.a"), "listed");
            Equal(objects.Objects[key], store.Get(key), "whole");
            Throws<AlreadyExistsException>(() => store.Put(key, new byte[0], PutCondition.IfAbsent));
            store.Put("other", new byte[] { 1 });
            store.Remove("other");
            Throws<NotFoundException>(() => store.Remove("other"));
        }
    }

    /// <summary>A file whose compaction takes several steps.</summary>
    static ArrayFile Long()
    {
        var file = ArrayFile.Create(Test.Path("long.af"), new ArrayFileOptions { BlockSize = 4096, Durability = Durability.None });
        for (var i = 0; i < 50; i++)
        {
            file.Define("" + i, Schema.Of<int>(2000));
            file.Write("" + i, Counting(2000));
        }
        file.Flush();
        file.SetFileAttribute("changed", Value.Scalar(true));
        file.Flush();
        return file;
    }

    void ProgressIsTold()
    {
        using (var file = Long())
        {
            var told = new List<long>();
            file.SetProgress((done, total) =>
            {
                told.Add(done <= total ? done : -1);
                return true;
            });
            file.Compact();
            True(told.Count > 1 && told.SequenceEqual(told.OrderBy(done => done)) && told[0] >= 0, "told " + string.Join(", ", told));
            var before = told.Count;
            file.SetProgress(null);
            file.Verify();
            Equal(before, told.Count, "told nothing any more");
        }
    }

    void Cancel()
    {
        using (var file = Long())
        using (var source = new CancellationTokenSource())
        {
            var layers = file.LayerCount;
            file.SetProgress((done, total) => false);
            Throws<CancelledException>(() => file.Compact());
            file.SetProgress((done, total) =>
            {
                source.Cancel();
                return true;
            });
            var thrown = Throws<OperationCanceledException>(() => file.Compact(source.Token));
            Equal(source.Token, thrown.CancellationToken, "token");
            Equal(layers, file.LayerCount, "layers");
            Throws<OperationCanceledException>(() => file.Compact(source.Token));
            file.SetProgress(null);
            using (var never = new CancellationTokenSource()) file.CompactAsync(never.Token).Wait();
            Equal(1L, file.LayerCount, "layers");
        }
    }

    void CallbackError()
    {
        var mine = new InvalidOperationException("mine: " + Astral);
        using (var file = Long())
        {
            file.SetProgress((done, total) => { throw mine; });
            True(ReferenceEquals(mine, Throws<CancelledException>(() => file.Compact()).InnerException), "another exception");
        }
        var objects = new Shelf();
        using (var store = Store.Create(objects))
        using (var file = ArrayFile.Create(store, "x.af"))
        {
            file.Define("a", Schema.Of<sbyte>(1));
            objects.Failing = mine;
            True(ReferenceEquals(mine, Throws<StorageException>(() => file.Flush()).InnerException), "another exception");
            objects.Failing = null;
            file.Flush();
        }
    }

    void UseAfterClose()
    {
        var file = Grid(Longs(2), Longs(1));
        var atlas = Atlas.Create(Test.Path("store"));
        var dataset = atlas.CreateDataset("d");
        var store = Store.CreateMemory();
        var cache = new BlockCache(1000);
        var mapped = MmapArray.CreateZeros<int>(Test.Path("m.mmap"), Longs(1));
        foreach (var one in new IDisposable[] { file, atlas, dataset, store, cache, mapped }) one.Dispose();
        Throws<ObjectDisposedException>(() => file.Read<int>("grid"));
        Throws<ObjectDisposedException>(() => file.Flush());
        Throws<ObjectDisposedException>(() => atlas.ListDatasets());
        Throws<ObjectDisposedException>(() => dataset.Name.ToString());
        Throws<ObjectDisposedException>(() => store.Get("x"));
        Throws<ObjectDisposedException>(() => cache.Size.ToString());
        Throws<ObjectDisposedException>(() => mapped.Shape.ToString());
    }

    void DoubleClose()
    {
        var file = ArrayFile.CreateMemory();
        using (var other = ArrayFile.CreateMemory())
        {
            file.Dispose();
            file.Dispose();
            Equal(false, other.IsDirty, "another file");
        }
        var mapped = MmapArray.CreateZeros<int>(Test.Path("m.mmap"), Longs(1));
        var view = mapped.GetView();
        view.Dispose();
        view.Dispose();
        mapped.Dispose();
        mapped.Dispose();
    }

    void CloseAnyOrder()
    {
        var store = Store.CreateMemory();
        var cache = new BlockCache(1 << 20);
        var file = ArrayFile.Create(store, "x.af");
        file.SetCache(cache);
        store.Dispose();
        cache.Dispose();
        file.Define("a", Schema.Of<int>(3));
        file.Flush();
        Equal(new int[3], file.Read<int>("a"), "read");
        file.Dispose();
        var atlas = Atlas.Create(Test.Path("store"));
        var dataset = atlas.CreateDataset("d");
        atlas.Dispose();
        Equal("d", dataset.Name, "dataset");
        dataset.Dispose();
    }

    static void InThreads(int count, Action<int> work)
    {
        var failures = new List<Exception>();
        var threads = Counting(count).Select(worker => new Thread(() =>
        {
            try { work(worker); }
            catch (Exception failure) { lock (failures) failures.Add(failure); }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        if (failures.Count > 0) throw new AggregateException(failures);
    }

    void CloseDuringRead()
    {
        for (var turn = 0; turn < 20; turn++)
        {
            var file = Grid(Longs(1 << 18), Longs(1 << 12));
            file.Flush();
            using (var begun = new CountdownEvent(4))
                InThreads(5, worker =>
                {
                    if (worker == 4)
                    {
                        begun.Wait();
                        file.Dispose();
                        return;
                    }
                    begun.Signal();
                    try
                    {
                        while (true) Equal((1 << 18) - 1, file.Read<int>("grid")[(1 << 18) - 1], "last");
                    }
                    catch (ObjectDisposedException) { }
                });
        }
    }

    static long ResidentKiB()
    {
        return long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmRSS:")).Split(new[] { ' ', '\t' },
                          StringSplitOptions.RemoveEmptyEntries)[1]);
    }

    static void Leave(int count)
    {
        for (var i = 0; i < count; i++)
        {
            new BlockCache(1000);
            // Finalizers are slower than this loop on one core.
            if (i % 10000 == 9999)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
    }

    void LeftToCollector()
    {
        Leave(100000);
        var before = ResidentKiB();
        Leave(1000000);
        var grown = ResidentKiB() - before;
        True(grown < 64 << 10, "a million objects left " + grown + " KiB");
        for (var i = 0; i < 2000; i++)
        {
            var file = ArrayFile.CreateMemory();
            file.SetProgress((done, total) => true);
            file.List();
        }
    }

    void EightThreads()
    {
        using (var file = Grid(Longs(1000), Longs(10)))
        {
            file.Flush();
            InThreads(8, worker =>
            {
                var missing = "missing " + worker + Astral;
                for (var i = 0; i < 300; i++)
                {
                    Equal(i + 2, file.Read<int>("grid", At(Longs(i), 3))[2], "read");
                    True(Throws<ArrayNotFoundException>(() => file.GetSchema(missing)).Message.Contains(missing), "another's message");
                    if (i % 100 != 0) continue;
                    file.Define("new " + worker + " " + i, Schema.Of<sbyte>(1));
                    file.Flush();
                }
            });
            Equal(1 + 8 * 3, file.List().Length, "arrays");
        }
    }
}
