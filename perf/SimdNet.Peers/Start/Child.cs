using System.Diagnostics;
using System.Globalization;

namespace SimdNet.Peers.Start;

/// <summary>A process that prints one line, and the times in which it did.</summary>
/// <param name="name">The contestant.</param>
/// <param name="file">The program.</param>
/// <param name="threads">Those of SimdNet in it.</param>
/// <param name="arguments">Its arguments.</param>
internal sealed class Child(string name, string file, int threads, params string[] arguments)
{
    private readonly List<double> _seconds = [];

    /// <summary>The contestant.</summary>
    public string Name => name;

    /// <summary>The median of the times.</summary>
    public double Median => _seconds.Order().ElementAt(_seconds.Count / 2);

    /// <summary>From the start of the process to its line, or to the end of its output.</summary>
    public void Time()
    {
        (double seconds, _) = Run();
        _seconds.Add(seconds);
    }

    /// <summary>The numbers of its line.</summary>
    /// <exception cref="PeersException">It failed.</exception>
    public float[] Answer()
    {
        (_, string? line) = Run();
        string[] numbers = (line ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Array.ConvertAll(numbers, number => float.Parse(number, CultureInfo.InvariantCulture));
    }

    private (double Seconds, string? Line) Run()
    {
        ProcessStartInfo info = new(file, arguments) { RedirectStandardOutput = true };
        info.Environment["SIMDNET_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(info) ?? throw new PeersException($"{name}: {file} did not start.");
        string? line = process.StandardOutput.ReadLine();
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.WaitForExit();
        return process.ExitCode == 0 ? (seconds, line) : throw new PeersException($"{name}: {file} ended with {process.ExitCode}.");
    }
}
