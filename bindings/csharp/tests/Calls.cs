using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using ArrayFormat;
using static Test;

/// <summary>Calls that the scenarios do not come by, and what C# says in numbers.</summary>
class Calls
{
    internal IEnumerable<KeyValuePair<string, Action>> All()
    {
        return new Dictionary<string, Action>
        {
            { "numbers_of_the_header", Numbers }, { "layouts_of_structs", Layouts }, { "stacks_of_layers", Stacks },
            { "damage_is_found_and_repaired", Damage }, { "datasets_of_an_atlas", Datasets }, { "mapped_arrays", Mapped },
            { "stacks_at_urls", Urls }, { "commits_of_an_atlas", Commits },
            { "arrays_grow_and_are_copied", Copies }, { "files_in_memory", InMemory },
            { "lists", Lists }, { "arrow_and_dlpack_of_files", ArrowAndDlpack }
        };
    }

    static readonly Dictionary<string, Type> Enums = new Dictionary<string, Type>
    {
        { "CODEC_", typeof(Codec) }, { "DURABILITY_", typeof(Durability) }, { "PUT_", typeof(PutCondition) }, { "METADATA_", typeof(MetadataFormat) },
        { "ATLAS_", typeof(Generation) }, { "MMAP_", typeof(MmapMode) }, { "ADVICE_", typeof(Advice) }, { "MATCH_", typeof(NameMatch) },
        { "PRESENT_", typeof(Present) }, { "", typeof(Status) }
    };

    void Numbers()
    {
        var header = File.ReadAllText(Environment.GetEnvironmentVariable("ARRAYFORMAT_HEADER"));
        var others = new[] { "VERSION_MAJOR", "VERSION_MINOR", "VERSION_PATCH", "ABI_VERSION", "OK", "MAX_RANK", "MMAP_MAX_RANK",
                             "VERSION_TOKEN_SIZE", "MISMATCH_ALLOW", "MISMATCH_ERROR" };
        var found = 0;
        foreach (Match match in Regex.Matches(header, @"^#define AF_(\w+) (\d+)", RegexOptions.Multiline))
        {
            var name = match.Groups[1].Value;
            if (others.Contains(name)) continue;
            var number = int.Parse(match.Groups[2].Value);
            if (name == "DTYPE_MISMATCH") name = "DATA_TYPE_MISMATCH";
            var plain = name.Replace("_", "");
            var kind = Enums.First(one => name.StartsWith(one.Key)).Value;
            var prefix = Enums.First(one => name.StartsWith(one.Key)).Key.Replace("_", "");
            var theirs = Named(kind, plain.Substring(prefix.Length)) ?? Named(typeof(DataType), plain);
            True(theirs == number, "AF_" + name + " is " + number + ", found " + theirs);
            found++;
        }
        True(found > 60, "only " + found + " numbers were found");
        Equal("not-found", Status.NotFound.Name(), "status");
        Equal("Float32", DataType.Float32.Name(), "dtype");
        Equal(4L, DataType.Float32.Size(), "size");
        True(Library.Version != "" && Library.VersionNumber > 0 && Library.AbiVersion == 1, "version");
    }

    static int? Named(Type kind, string name)
    {
        var found = Enum.GetNames(kind).FirstOrDefault(one => string.Equals(one, name, StringComparison.OrdinalIgnoreCase));
        return found == null ? (int?)null : (int)Enum.Parse(kind, found);
    }

    void Layouts()
    {
        var right = typeof(Library).Assembly.GetType("ArrayFormat.Layouts").GetMethod("AreRight", BindingFlags.Static | BindingFlags.NonPublic);
        True((bool)right.Invoke(null, null), "a struct has another size than in C");
    }

    void Stacks()
    {
        var path = Test.Path("x.af");
        using (var file = ArrayFile.Create(path, new ArrayFileOptions { FooterVersion = 4, Codec = Codec.Lz4 }))
        {
            Throws<AlreadyExistsException>(() => ArrayFile.Create(path));
            file.Define("a", new Schema(DataType.Int32, 4) { Fill = Value.Scalar(9L) });
            file.Write("a", new[] { 0, 1, 2, 3 });
            Equal(true, file.IsDirty, "dirty");
            file.FlushAsync().Wait();
            Equal(false, file.IsDirty, "dirty");
            file.Resize("a", 6);
            file.Flush();
            Equal(new[] { 0, 1, 2, 3, 9, 9 }, file.Read<int>("a"), "resized");
            Equal(4, file.FooterVersion, "version");
            var last = file.LayerCount - 1;
            var layer = file.GetLayer(last);
            True(layer.Number == last && layer.ArrayCount == 1 && !layer.IsForeign && layer.Size > 0 && layer.Id.Any(one => one != 0), "layer");
            Throws<OutOfBoundsException>(() => file.GetLayer(99));
            using (var older = ArrayFile.Open(path, new ArrayFileOptions { Layers = (int)last }))
            {
                Equal(4, older.Read<int>("a").Length, "older");
                Throws<ReadOnlyException>(() => older.Delete("a"));
            }
            using (var reader = ArrayFile.Open(path))
            {
                file.Delete("a");
                Equal(false, file.Contains("a"), "deleted");
                file.Flush();
                Equal(true, reader.Contains("a"), "still there");
                Equal(true, reader.Refresh(), "refreshed");
                Equal(false, reader.Contains("a"), "gone");
                var asked = reader.GetIoStats();
                True(asked.ReadRequests > 0 && asked.BytesRead > 0 && asked.BytesWritten == 0, "asked of the store");
            }
            file.CopyTo(Test.Path("copy.af"), new ArrayFileOptions { FooterVersion = 6 });
            using (var copy = ArrayFile.Open(Test.Path("copy.af"))) Equal(6, copy.FooterVersion, "copy");
            Equal(0, file.Verify().Length, "sound");
        }
        var thrown = Throws<NotFoundException>(() => ArrayFile.Create(Test.Path("nowhere/x.af")));
        Equal(2, thrown.Errno, "errno");
        Throws<InvalidNameException>(() => ArrayFile.Create(Test.Path("x.txt")));
    }

    void Damage()
    {
        var path = Test.Path("x.af");
        using (var file = ArrayFile.Create(path, new ArrayFileOptions { Codec = Codec.None }))
        {
            file.Define("a", new Schema(DataType.Int32, 40000) { ChunkShape = new long[] { 10000 } });
            file.Write("a", Enumerable.Range(0, 40000).ToArray());
            file.Flush();
            file.Compact();
        }
        var bytes = File.ReadAllBytes(path);
        for (var i = 1000; i < 2000; i++) bytes[i] ^= 0xff;
        File.WriteAllBytes(path, bytes);
        using (var damaged = ArrayFile.Open(path))
        {
            Throws<CorruptException>(() => damaged.Read<int>("a"));
            True(damaged.Verify()[0].IsProblem, "no problem was found");
        }
        var told = 0;
        var report = ArrayFile.Repair(path, Test.Path("new.af"), null, (done, total) => ++told > 0);
        True(report.Length > 0 && report[0].Text != "" && told > 0, "no report");
        var mine = new Exception("mine");
        var thrown = Throws<CancelledException>(() => ArrayFile.Repair(path, Test.Path("no.af"), null, (done, total) => { throw mine; }));
        True(ReferenceEquals(mine, thrown.InnerException), "another exception");
    }

    void Datasets()
    {
        var options = new AtlasOptions { MetadataFormat = MetadataFormat.Msgpack, MetadataCodec = Codec.Zstd, TypeMismatchIsError = true };
        Directory.CreateDirectory(Test.Path("objects"));
        using (var store = Store.OpenLocal(Test.Path("objects")))
        using (var atlas = Atlas.Create(store, "x", options))
        {
            atlas.SetCache(new BlockCache(1 << 20));
            var dataset = atlas.CreateDataset("one");
            dataset.Define("v", new Schema(DataType.Int32, 3) { Dimensions = new[] { "x" } });
            dataset.Write("v", new[] { 0, 1, 2 });
            Equal(new[] { 0, 1, 2 }, dataset.Read<int>("v"), "read");
            dataset.SetAttribute("when", Value.Scalar(new Timestamp(1000000002)));
            Equal(1000000002L, dataset.GetAttribute("when").To<Timestamp>().Nanoseconds, "when");
            dataset.SetArrayAttribute("v", "units", Value.Text("m"));
            Equal("m", dataset.GetArrayAttribute("v", "units").ToString(), "units");
            Equal(1, dataset.GetAttributes().Length, "attributes");
            Equal(1, dataset.GetArrayAttributes("v").Length, "attributes of the array");
            Equal("x", dataset.GetTypes().Arrays[0].Dimensions[0], "types");
            Equal(3L, dataset.List()[0].Shape[0], "list");
            Equal(2L, dataset.GetStats("v").Max.To<long>(), "statistics");
            dataset.RemoveAttribute("when");
            dataset.RemoveArrayAttribute("v", "units");
            var other = atlas.CreateDataset("two");
            Throws<DataTypeMismatchException>(() => other.Define("v", new Schema(DataType.String, 1)));
            Equal(true, atlas.IsDirty, "dirty");
            atlas.FlushAsync().Wait();

            using (var reader = Atlas.Open(store, "x"))
            {
                Equal(new[] { "one", "two" }, reader.ListDatasets(), "datasets");
                Equal(1L, reader.GetRow("two"), "row");
                atlas.DeleteDataset("two");
                atlas.Compact();
                Equal(true, reader.Refresh(), "refreshed");
                Equal(false, reader.ContainsDataset("two"), "deleted");
                Throws<DatasetNotFoundException>(() => reader.OpenDataset("two"));
                True(reader.Verify().All(finding => !finding.IsProblem), "a problem");
                atlas.CollectGarbage();
                True(reader.GetIoStats().ReadRequests > 0, "asked of the store");
                var info = reader.GetInfo();
                True(info.MetadataFormat == MetadataFormat.Msgpack && info.MetadataCodec == Codec.Zstd && info.Datasets == 1, "info");
            }
            var told = 0;
            dataset.SetProgress((done, total) => ++told > 0);
            atlas.Verify();
            True(told > 0, "nothing was told");
            using (var again = Atlas.Open(Test.Path("objects/x"))) Equal(1, again.ListDatasets().Length, "by its path");
        }
    }

    /// <summary>
    /// Answers one request as a web server over the test's folder does. (HttpListener would do, but that of .NET Core 3.1 ends the
    /// program where OpenSSL is newer than itself.)
    /// </summary>
    static void Answer(TcpClient client)
    {
        using (client)
        using (var stream = client.GetStream())
        {
            var reader = new StreamReader(stream);
            var request = reader.ReadLine().Split(' ');
            var range = "";
            for (var line = reader.ReadLine(); !string.IsNullOrEmpty(line); line = reader.ReadLine())
                if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase)) range = line.Substring("Range: bytes=".Length);
            var path = Test.Path(request[1].Substring(1));
            var whole = File.Exists(path) ? File.ReadAllBytes(path) : new byte[0];
            int from = 0, to = whole.Length;
            if (range != "")
            {
                var ends = range.Split('-');
                from = ends[0] == "" ? Math.Max(0, to - int.Parse(ends[1])) : int.Parse(ends[0]);
                to = ends[0] == "" || ends[1] == "" ? to : Math.Min(to, int.Parse(ends[1]) + 1);
            }
            var head = "HTTP/1.1 " + (!File.Exists(path) ? "404 Not Found" : range != "" ? "206 Partial Content" : "200 OK") +
                       "\r\nConnection: close\r\nETag: \"" + whole.Length + "\"\r\nContent-Length: " + (to - from) +
                       (range != "" ? "\r\nContent-Range: bytes " + from + "-" + (to - 1) + "/" + whole.Length : "") + "\r\n\r\n";
            var bytes = Encoding.ASCII.GetBytes(head);
            stream.Write(bytes, 0, bytes.Length);
            if (request[0] != "HEAD") stream.Write(whole, from, to - from);
        }
    }

    /// <summary>Serves until it is cancelled. (.NET Core 3.1 does not stop a listener that is accepting.)</summary>
    static string Serve(CancellationToken until)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        new Thread(() =>
        {
            while (!until.IsCancellationRequested)
                if (listener.Pending()) Answer(listener.AcceptTcpClient());
                else Thread.Sleep(1);
            listener.Stop();
        }) { IsBackground = true }.Start();
        return "http://127.0.0.1:" + ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    void Urls()
    {
        using (var file = ArrayFile.Create(Test.Path("stack.af")))
        {
            file.Define("a", Schema.Of<int>(3));
            file.Write("a", new[] { 1, 2, 3 });
            file.Flush();
            file.Compact();
        }
        using (var until = new CancellationTokenSource())
        {
            var url = Serve(until.Token);
            using (var file = ArrayFile.Open(url + "/stack.af")) Equal(new[] { 1, 2, 3 }, file.Read<int>("a"), "by its URL");
            using (var store = Store.OpenUrl(url))
            using (var file = ArrayFile.Open(store, "stack.af")) Equal(new[] { 1, 2, 3 }, file.Read<int>("a"), "in the store");
            Throws<NotFoundException>(() => ArrayFile.Open(url + "/none.af"));
            foreach (var option in new[] { "no.such.option", "a=b", "a\n" })
                Throws<InvalidArgumentException>(() => Store.OpenUrl(url, new Dictionary<string, string> { { option, "1" } }));
            until.Cancel();
        }
        Throws<UnsupportedException>(() => Store.OpenUrl("gopher://host/path"));
    }

    void Copies()
    {
        var path = Test.Path("x.af");
        using (var file = ArrayFile.Create(path, new ArrayFileOptions { CompactAt = 50, FooterVersion = 4 }))
        using (var other = ArrayFile.CreateMemory())
        {
            file.Define("a", Schema.Of<int>(2, 2));
            file.Write("a", new[] { 0, 1, 2, 3 });
            Equal(2L, file.Append("a", 0, new long[] { 1, 2 }, new ReadOnlySpan<int>(new[] { 4, 5 })), "grown from");
            Equal(3L, file.Append("a", 0, new long[] { 1, 2 }, new ReadOnlySpan<int>(new[] { 7, 6 }), new long[] { 8, -4 }), "grown from");
            Equal(Enumerable.Range(0, 8).ToArray(), file.Read<int>("a"), "grown");
            Throws<OutOfBoundsException>(() => file.Append("a", 2, new long[] { 1, 2 }, new ReadOnlySpan<int>(new[] { 4, 5 })));
            file.Define("texts", new Schema(DataType.String, 0));
            file.AppendTexts("texts", 0, new long[] { 2 }, new[] { Astral, "" });
            Equal(new[] { Astral, "" }, file.ReadTexts("texts"), "texts");
            file.Define("binaries", new Schema(DataType.Binary, 0));
            Equal(0L, file.AppendBinaries("binaries", 0, new long[] { 1 }, new[] { new byte[] { 1 } }), "binaries");
            file.Rename("a", "b");
            file.Flush();

            long next;
            Equal(new[] { "texts", "binaries" }, file.ListPage("", NameMatch.Prefix, 0, 2, out next).Select(one => one.Name).ToArray(), "page");
            Equal(new[] { "b" }, file.ListPage("[!t]*", NameMatch.Glob, next, 2, out next).Select(one => one.Name).ToArray(), "last page");
            Equal(-1L, next, "no page after it");

            other.CopyArray(file, "b", "c");
            other.CopyArrays(file, new Names("texts", "b"));
            Throws<ArrayAlreadyExistsException>(() => other.CopyArrays(file, new Names("texts")));
            other.Merge(file, Present.Skip);
            other.MoveArray(file, "b", "d");
            other.Flush();
            file.Flush();
            True(other.Contains("d") && !file.Contains("b"), "not moved");
            Equal(5, other.List().Length, "merged");

            file.Backup(Test.Path("backup.af"));
            using (var backup = ArrayFile.Open(Test.Path("backup.af"))) Equal(2, backup.List().Length, "backup");
            file.Upgrade(5);
            Equal(5, file.FooterVersion, "version");
            file.CollectGarbage();
        }
    }

    void Lists()
    {
        using (var file = ArrayFile.CreateMemory())
        {
            var levels = new[] { new ListLevel(DataType.FixedSizeList, 0), new ListLevel(DataType.Float32, 2) };
            file.Define("lists", new Schema(DataType.List, 2) { Lists = levels });
            file.WriteLists("lists", Region.All, ListElements.Of(new[] { 1f, 2, 3, 4, 5, 6 }, new long[] { 0, 1, 3 }));
            var found = file.ReadLists("lists");
            Equal(new long[] { 0, 1, 3 }, found.Offsets[0], "offsets");
            True(found.Offsets[1] == null && found.Offsets[2] == null, "offsets of what has none");
            Equal(new long[] { 2, 3, 6 }, found.Counts, "counts");
            Equal(new[] { 1f, 2, 3, 4, 5, 6 }, found.Values<float>(), "values");
            Throws<DataTypeMismatchException>(() => found.Values<double>());
            file.Define("texts", new Schema(DataType.List, 2) { Lists = new[] { new ListLevel(DataType.String, 0) } });
            var data = Encoding.UTF8.GetBytes("abc");
            file.WriteLists("texts", Region.All, ListElements.OfBytes(DataType.String, data, new long[] { 0, 0, 2 }, new long[] { 0, 1, 3 }));
            Equal(new long[] { 0, 1, 3 }, file.ReadLists("texts").Offsets[1], "offsets of texts");
            Equal(data, file.ReadLists("texts").Data, "texts");
            Throws<InvalidArgumentException>(() => file.WriteLists("texts", Region.All, ListElements.OfBytes(DataType.String, data, new long[] { 0, 3, 2 })));
        }
    }

    [DllImport("arrayformat-csharp")]
    static extern void af_cs_release_stream(IntPtr stream);

    void ArrowAndDlpack()
    {
        using (var file = Scenarios.Grid(new long[] { 4, 3 }, new long[] { 2, 3 }))
        using (var other = ArrayFile.CreateMemory())
        {
            var schema = Marshal.AllocHGlobal(80);
            var array = Marshal.AllocHGlobal(80);
            file.ExportArrow("grid", new Region(new long[] { 1, 0 }, new long[] { 2, 3 }), schema, array);
            other.WriteArrow("some", schema, array);
            af_cs_release_arrow(schema, array);
            Equal(new[] { 3, 4, 5, 6, 7, 8 }, other.Read<int>("some"), "by Arrow");
            file.ExportArrowStream(new Names("grid"), 3, schema);
            other.WriteArrowStream(schema);
            af_cs_release_stream(schema);
            Marshal.FreeHGlobal(schema);
            Marshal.FreeHGlobal(array);
            Equal(Enumerable.Range(0, 12).ToArray(), other.Read<int>("grid"), "by a stream");
            var tensor = file.ExportDlpack("grid");
            file.Dispose();
            using (var mapped = MmapArray.CreateFromDlpack(Test.Path("m.mmap"), tensor))
                Equal(Enumerable.Range(0, 12).ToArray(), mapped.Read<int>(), "by DLPack");
            af_cs_delete_tensor(tensor);
        }
    }

    void InMemory()
    {
        var path = Test.Path("x.af");
        var all = Enumerable.Range(0, 1000).ToArray();
        using (var file = ArrayFile.Create(path))
        {
            file.Define("a", Schema.Of<int>(1000));
            file.Write("a", all);
            file.Flush();
            file.Compact();
        }
        for (var i = 0; i < 100; i++)
            using (var inPlace = ArrayFile.Open(new ReadOnlyMemory<byte>(File.ReadAllBytes(path))))
            {
                GC.Collect();
                Equal(all, inPlace.Read<int>("a"), "in place");
            }
        foreach (var bad in new[] { new byte[0], new byte[] { 1, 2, 3 } })
            Throws<ArrayFormatException>(() => ArrayFile.Open(new ReadOnlyMemory<byte>(bad)));
        ArrayFile opened;
        using (var stream = File.OpenRead(path)) opened = ArrayFile.Open(stream.SafeFileHandle);
        using (opened) Equal(all, opened.Read<int>("a"), "by descriptor");
    }

    void Commits()
    {
        var path = Test.Path("store");
        using (var atlas = Atlas.Create(path, new AtlasOptions { KeepCommits = 10 }))
        {
            var dataset = atlas.CreateDataset("d");
            dataset.Define("v", new Schema(DataType.Int32, 3) { ChunkShape = new long[] { 2 } });
            dataset.Write("v", new[] { 0, 1, 2 });
            atlas.Flush();
            var first = atlas.GetInfo().Commit;
            dataset.Write("v", new int[3]);
            atlas.Flush();
            var commits = atlas.GetCommits();
            Equal(first, commits[commits.Length - 2].Key, "is kept");
            var age = DateTimeOffset.UtcNow - commits[0].Value.ToDateTimeOffset();
            True(age >= TimeSpan.Zero && age < TimeSpan.FromHours(1), "the commit is " + age + " old");
            using (var before = Atlas.Open(path, new AtlasOptions { AtCommit = first }))
            {
                Equal(new[] { 0, 1, 2 }, before.OpenDataset("d").Read<int>("v"), "as it was");
                before.CopyTo(Test.Path("copy"), new AtlasOptions { Generation = Generation.Container8, Codec = Codec.Lz4 });
            }
            using (var container = Atlas.Open(Test.Path("copy")))
            {
                Equal(Generation.Container8, container.GetInfo().Generation, "generation");
                var array = container.OpenDataset("d").GetTypes().Arrays[0];
                Equal(Codec.Lz4, array.Codec, "codec");
                Equal(new long[] { 2 }, array.ChunkShape, "chunk shape");
                var together = container.GetSchema().Arrays[0];
                True(together.Codec == Codec.Unknown && together.ChunkShape == null, "of all");
            }
            using (var store = Store.CreateMemory())
            {
                atlas.CopyTo(store, "x");
                using (var copy = Atlas.Open(store, "x")) Equal(new int[3], copy.OpenDataset("d").Read<int>("v"), "as it is");
                Throws<AlreadyExistsException>(() => atlas.CopyTo(store, "x"));
            }
        }
    }

    [DllImport("arrayformat-csharp")]
    static extern void af_cs_delete_tensor(IntPtr tensor);
    [DllImport("arrayformat-csharp")]
    static extern void af_cs_release_arrow(IntPtr schema, IntPtr array);

    void Mapped()
    {
        var path = Test.Path("a.mmap");
        using (var mapped = MmapArray.Create(path, new long[] { 2, 2 }, new ReadOnlySpan<float>(new[] { 1f, 2, 3, 4 }),
                                             new MmapOptions { Lock = true }, new long[] { 4, 8 }))
        using (var file = ArrayFile.CreateMemory())
        {
            Throws<ConflictException>(() => MmapArray.Open(path, new MmapOptions { Lock = true }));
            Equal(new[] { 1f, 3, 2, 4 }, mapped.Read<float>(), "transposed");
            var column = new Region(new long[] { 0, 1 }, new long[] { 2, 1 });
            mapped.Write(column, new ReadOnlySpan<float>(new[] { 30f, 40 }));
            Equal(new[] { 30f, 40 }, mapped.Read<float>(column), "column");
            Equal(new long[] { 8, 4 }, mapped.Strides, "strides");
            Equal(new long[] { 2, 1 }, mapped.ElementStrides, "strides of elements");
            True(mapped.Count == 4 && !mapped.IsEmpty && mapped.Mode == MmapMode.ReadWrite, "size");
            mapped.FlushRange(0, 16, true);
            mapped.Advise(Advice.Sequential, 0, 16);
            Throws<OutOfBoundsException>(() => mapped.Advise(Advice.Random, 0, 17));
            mapped.CopyTo(file, "a");
            Equal(new[] { 1f, 30, 2, 40 }, file.Read<float>("a"), "copied");
            using (var back = MmapArray.CreateFrom(Test.Path("b.mmap"), file, "a"))
            using (var view = back.GetView())
            {
                var tensor = view.ExportDlpack();
                using (var third = MmapArray.CreateFromDlpack(Test.Path("c.mmap"), tensor)) Equal(new[] { 1f, 30, 2, 40 }, third.Read<float>(), "by DLPack");
                af_cs_delete_tensor(tensor);
                var schema = Marshal.AllocHGlobal(80);
                var array = Marshal.AllocHGlobal(80);
                view.ExportArrow(schema, array);
                Equal("+w:2", Marshal.PtrToStringAnsi(Marshal.ReadIntPtr(schema)), "by Arrow");
                af_cs_release_arrow(schema, array);
                Marshal.FreeHGlobal(schema);
                Marshal.FreeHGlobal(array);
            }
        }
    }
}
