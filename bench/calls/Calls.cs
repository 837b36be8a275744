using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using ArrayFormat;

/// <summary>What a call costs in C#: as calls.c.</summary>
static class Calls
{
    const int Arrays = 1000, Elements = 250, Rounds = 30, Count = 200000, Batches = 40;

    static void Main(string[] arguments)
    {
        using (var file = ArrayFile.Open(arguments[0]))
        {
            var trivial = Best(Count, () =>
            {
                if (file.LayerCount == 0) throw new Exception();
            });
            var names = new Names(Enumerable.Range(0, Arrays).Select(i => "array " + i).ToArray());
            var memory = new byte[Arrays * Elements * 4];
            var batch = Best(Batches, () => file.ReadMany(names, ref memory));
            if (BitConverter.ToInt32(memory, (999 * Elements + 3) * 4) != 999 + 9) throw new Exception("read something else");
            Console.WriteLine(string.Format(CultureInfo.InvariantCulture, "{0:0.0} {1:0}", trivial, batch));
        }
    }

    static double Best(int count, Action call)
    {
        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < count; i++) call();
            least = Math.Min(least, watch.ElapsedTicks * 1e9 / Stopwatch.Frequency / count);
        }
        return least;
    }
}
