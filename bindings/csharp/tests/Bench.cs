using System;
using System.Diagnostics;
using System.Linq;
using ArrayFormat;

/// <summary>What a call costs; bench/calls sets it beside the same calls in C.</summary>
static class Bench
{
    internal static void Run()
    {
        using (var file = ArrayFile.CreateMemory())
        {
            file.Define("grid", Schema.Of<int>(1000));
            file.Write("grid", Enumerable.Range(0, 1000).ToArray());
            var names = Enumerable.Range(0, 1000).Select(i => "array " + i.ToString("0000")).ToArray();
            foreach (var name in names)
            {
                file.Define(name, Schema.Of<int>(100));
                file.Write(name, Enumerable.Range(0, 100).ToArray());
            }
            file.Flush();
            var one = new byte[4];
            var at = new Region(new long[] { 500 }, new long[] { 1 });
            var memory = new byte[400000];
            Time("trivial", 2000000, () => { var dirty = file.IsDirty; });
            Time("element", 200000, () => file.ReadBytes("grid", at, new Span<byte>(one)));
            Time("batch", 300, () => file.ReadMany(names, ref memory));
        }
    }

    static void Time(string what, int count, Action call)
    {
        var best = double.MaxValue;
        for (var turn = 0; turn < 8; turn++)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < count / 8; i++) call();
            best = Math.Min(best, watch.Elapsed.TotalMilliseconds * 1e6 / (count / 8));
        }
        Console.WriteLine(what + " " + best.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture));
    }
}
