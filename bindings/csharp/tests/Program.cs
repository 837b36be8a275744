using System;
using System.Collections;
using System.IO;
using System.Linq;

/// <summary>Runs what it is told, or everything, and says how it went. The last line is `N passed, N failed`.</summary>
static class Program
{
    static int Main(string[] wanted)
    {
        int passed = 0, failed = 0;
        var all = new Scenarios().All().Concat(new Calls().All()).ToArray();
        foreach (var test in all.Where(test => wanted.Length == 0 || wanted.Contains(test.Key)))
        {
            try
            {
                using (Test.Folder()) test.Value();
                passed++;
                Console.WriteLine("ok      " + test.Key);
            }
            catch (Exception failure)
            {
                failed++;
                Console.WriteLine("FAILED  " + test.Key + ": " + failure);
            }
        }
        Console.WriteLine(passed + " passed, " + failed + " failed");
        return failed == 0 && passed > 0 ? 0 : 1;
    }
}

/// <summary>What tests say.</summary>
static class Test
{
    internal const string Astral = "日記 🌊 z\u0301";
    private static string folder;

    internal static string Path(string name) { return System.IO.Path.Combine(folder, name); }

    internal static IDisposable Folder() { return new Temporary(); }

    internal static void Equal<T>(T expected, T found, string what)
    {
        if (!Same(expected, found)) throw new Exception(what + ": found " + Show(found) + ", expected " + Show(expected));
    }

    internal static void True(bool found, string what)
    {
        if (!found) throw new Exception(what);
    }

    internal static T Throws<T>(Action call) where T : Exception
    {
        try { call(); }
        catch (T thrown) { return thrown; }
        throw new Exception("nothing was thrown, expected " + typeof(T));
    }

    private static bool Same(object a, object b)
    {
        var left = a as IEnumerable;
        var right = b as IEnumerable;
        if (left == null || right == null || a is string) return Equals(a, b);
        var lefts = left.Cast<object>().ToArray();
        var rights = right.Cast<object>().ToArray();
        return lefts.Length == rights.Length && lefts.Zip(rights, Same).All(same => same);
    }

    private static string Show(object value)
    {
        var many = value as IEnumerable;
        return many == null || value is string ? "" + value : "[" + string.Join(", ", many.Cast<object>().Select(Show)) + "]";
    }

    private sealed class Temporary : IDisposable
    {
        internal Temporary()
        {
            folder = System.IO.Path.Combine(System.IO.Path.GetTempPath(), "arrayformat-" + Guid.NewGuid());
            Directory.CreateDirectory(folder);
        }

        public void Dispose() { Directory.Delete(folder, true); }
    }
}
