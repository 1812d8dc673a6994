using System.Numerics;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Cli;

/// <summary>
/// The least time that this machine, with all threads at work, takes for some arithmetic and some bytes. Each limit is measured once.
/// </summary>
/// <remarks>Williams, Waterman, Patterson, Roofline: an insightful visual performance model for multicore architectures (2009).</remarks>
internal sealed class Roof
{
    private const long LeastBytes = 1 << 14, MostBytes = 1 << 28; // below the first is L1, above the second memory

    private readonly Dictionary<long, double> _bytesPerSecond = [];

    /// <summary>Multiply-adds in registers alone, on one thread, times the threads.</summary>
    public double FlopsPerSecond { get; } = WorkerTeam.Size * MachineLimit.FmaFlopsPerSecond();

    /// <summary>The time of the arithmetic alone.</summary>
    public double ArithmeticSeconds(double flops) => flops / FlopsPerSecond;

    /// <summary>The time of the bytes alone: of a triad over as many, to the power of two above, each thread in its share.</summary>
    public double StreamingSeconds(double bytes)
    {
        long footprint = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(bytes, LeastBytes, MostBytes));
        if (!_bytesPerSecond.TryGetValue(footprint, out double rate))
        {
            rate = Measure((int)(footprint / WorkerTeam.Size));
            _bytesPerSecond.Add(footprint, rate);
        }

        return bytes / rate;
    }

    private static double Measure(int bytesPerThread)
    {
        double[] rates = new double[WorkerTeam.Size];
        WorkerTeam.For(rates.Length, grain: 1, new Shares(rates, bytesPerThread));
        return rates.Sum();
    }

    private readonly struct Shares(double[] rates, int bytes) : IRangeBody
    {
        public void Invoke(int start, int end)
        {
            for (int i = start; i < end; i++)
            {
                rates[i] = MachineLimit.StreamBytesPerSecond(bytes);
            }
        }
    }
}
