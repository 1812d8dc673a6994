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

    /// <summary>Multiply-adds in registers alone, measured on one thread, times the threads.</summary>
    public static double Fma(double flops, int threads) => flops / (threads * MachineLimit.FmaFlopsPerSecond(samples: 1));

    /// <summary>A triad in as much memory, by all threads at once.</summary>
    /// <param name="bytes">Bytes read and written.</param>
    /// <param name="footprint">Bytes of the arrays: what is both read and written counts once. It decides which cache is met.</param>
    /// <param name="threads">Each streams its share.</param>
    public static double Stream(double bytes, double footprint, int threads)
    {
        double[] rates = new double[threads];
        WorkerTeam.For(threads, grain: 1, new Triads(rates, (int)Math.Min(footprint / threads, int.MaxValue)));
        return bytes / rates.Sum();
    }

    private readonly struct Triads(double[] rates, int footprint) : IRangeBody
    {
        public void Invoke(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                rates[i] = MachineLimit.StreamBytesPerSecond(footprint, samples: 1);
            }
        }
    }
}
