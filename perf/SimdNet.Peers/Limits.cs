using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Peers;

/// <summary>The seconds below which no program does a piece of work on this machine, measured anew at every call.</summary>
internal static class Limits
{
    /// <summary>What <see cref="Fma"/> is, for the reader of the table.</summary>
    public const string FmaName = "multiply-adds in registers alone, measured on one thread, times the threads";

    /// <summary>What <see cref="Stream"/> is, for the reader of the table.</summary>
    public const string StreamName = "a triad over as many bytes, in as much memory, by all threads at once";

    /// <summary>What <see cref="InPlace"/> is, for the reader of the table.</summary>
    public const string InPlaceName = "a pass that reads and writes the same arrays in place, and only adds, by all threads at once";

    /// <summary>Multiply-adds in registers alone, measured on one thread, times the threads.</summary>
    public static double Fma(double flops, int threads) => flops / (threads * MachineLimit.FmaFlopsPerSecond(samples: 1));

    /// <summary>A triad in as much memory, by all threads at once.</summary>
    /// <param name="bytes">Bytes read and written.</param>
    /// <param name="footprint">Bytes of the arrays: what is both read and written counts once. It decides which cache is met.</param>
    /// <param name="threads">Each streams its share.</param>
    public static double Stream(double bytes, double footprint, int threads) =>
        bytes / Rate(footprint, threads, share => MachineLimit.StreamBytesPerSecond(share, samples: 1));

    /// <summary>A pass that reads some arrays and writes some of them in place, by all threads at once.</summary>
    /// <param name="bytes">Bytes read and written.</param>
    /// <param name="footprint">Bytes of the arrays: it decides which cache is met.</param>
    /// <param name="read">The arrays.</param>
    /// <param name="written">Those that are written too.</param>
    /// <param name="threads">Each streams its share.</param>
    public static double InPlace(double bytes, double footprint, int read, int written, int threads) =>
        bytes / Rate(footprint, threads, share => MachineLimit.InPlaceBytesPerSecond(share, read, written, samples: 1));

    /// <summary>The sum of what all threads measure at once, each in its share of the memory.</summary>
    private static double Rate(double footprint, int threads, Func<int, double> measure)
    {
        double[] rates = new double[threads];
        WorkerTeam.For(threads, grain: 1, new Shares(rates, (int)Math.Min(footprint / threads, int.MaxValue), measure));
        return rates.Sum();
    }

    private readonly struct Shares(double[] rates, int bytes, Func<int, double> measure) : IRangeBody
    {
        public void Invoke(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                rates[i] = measure(bytes);
            }
        }
    }
}
