// dotnet new console && dotnet add package ArrayFormat && dotnet run
using System;
using ArrayFormat;

static class First
{
    static void Main()
    {
        using (var file = ArrayFile.Create("weather.af"))
        {
            file.Define("celsius", new Schema(DataType.Float64, 2, 3) { Dimensions = new[] { "day", "station" } });
            file.Write("celsius", new[] { 11.5, 12, 12.25, 9.75, 10, 10.5 });
            file.Flush();
        }
        using (var file = ArrayFile.Open("weather.af"))
        {
            var tomorrow = new Region(new long[] { 1, 0 }, new long[] { 1, 3 });
            Console.WriteLine("tomorrow: " + string.Join(" ", file.Read<double>("celsius", tomorrow)));
        }
        try { ArrayFile.Open("nowhere.af"); }
        catch (NotFoundException failure) { Console.WriteLine(failure.Status.Name()); }
    }
}
