using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SimdNet.Simd;

/// <summary>
/// What this machine can do on one thread, at the vector width in use: the limits that speed is reported against. They are to be measured
/// beside what is judged by them, because clocks drift.
/// </summary>
public static unsafe partial class MachineLimit
{
    private const int Chains = 12; // two units of latency 4 need 8; 16 registers hold 12 and two operands
    private const int MultiplyAddsPerSample = 1 << 19; // per chain: about 1 ms
    private const int BytesPerSample = 1 << 27; // about 1 ms from the second-level cache
    private const int BytesPerElement = 3 * sizeof(float);
    private const int Gap = 16 * 5; // floats between the arrays: multiples of 4 KiB apart, they measured 160 GB/s in place of 220

    /// <summary>The rate of multiply-adds that touch nothing but registers, in floating-point operations per second.</summary>
    /// <param name="samples">How many times it is measured, a millisecond each; the best counts.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is not positive.</exception>
    public static double FmaFlopsPerSecond(int samples = 15)
    {
        Guard.Positive(samples, nameof(samples));
        FmaKernel kernel = new(samples);
        SimdWidth.Invoke(ref kernel);
        return kernel.FlopsPerSecond;
    }

    /// <summary>The rate of the triad <c>a ← b + s·c</c>, in bytes per second: 12 for each element, read and written.</summary>
    /// <param name="bytes">The three arrays together, rounded up to whole vectors: it decides which cache is measured, or the memory.</param>
    /// <param name="samples">How many times it is measured; the best counts.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> or <paramref name="samples"/> is not positive.</exception>
    public static double StreamBytesPerSecond(int bytes, int samples = 15)
    {
        Guard.Positive(bytes, nameof(bytes));
        Guard.Positive(samples, nameof(samples));
        TriadKernel kernel = new(bytes, samples);
        SimdWidth.Invoke(ref kernel);
        return kernel.BytesPerSecond;
    }

    /// <summary>Independent chains of <c>sum ← sum + a·b</c>. A leaf, never tiered: the first sample is as fast as the last.</summary>
    /// <returns>The sum of all chains in each lane, so that none of them is idle.</returns>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static TSimd MultiplyAdds<TSimd>(TSimd a, TSimd b, int count)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd s0 = TSimd.Zero, s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0, s8 = s0, s9 = s0, s10 = s0, s11 = s0;
        for (; count > 0; count--)
        {
            s0.Accumulate(a, b);
            s1.Accumulate(a, b);
            s2.Accumulate(a, b);
            s3.Accumulate(a, b);
            s4.Accumulate(a, b);
            s5.Accumulate(a, b);
            s6.Accumulate(a, b);
            s7.Accumulate(a, b);
            s8.Accumulate(a, b);
            s9.Accumulate(a, b);
            s10.Accumulate(a, b);
            s11.Accumulate(a, b);
        }

        return s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7 + s8 + s9 + s10 + s11;
    }

    /// <summary><c>a ← b + s·c</c>; <paramref name="length"/> is a whole number of vectors.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    internal static void Triad<TSimd>(float* a, float* b, float s, float* c, nint length)
        where TSimd : struct, ISimd<TSimd>
    {
        TSimd scale = TSimd.Broadcast(s);
        for (nint i = 0; i < length; i += TSimd.Count)
        {
            TSimd.FusedMultiplyAdd(scale, TSimd.Load(c + i), TSimd.Load(b + i)).Store(a + i);
        }
    }

    private struct FmaKernel(int samples) : ISimdKernel
    {
        public double FlopsPerSecond { get; private set; }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd a = TSimd.Broadcast(0.5f), b = TSimd.Broadcast(0.25f);
            _ = MultiplyAdds(a, b, 1);
            double flops = 2.0 * Chains * TSimd.Count * MultiplyAddsPerSample;
            for (int sample = 0; sample < samples; sample++)
            {
                long start = Stopwatch.GetTimestamp();
                _ = MultiplyAdds(a, b, MultiplyAddsPerSample);
                FlopsPerSecond = Math.Max(FlopsPerSecond, flops / Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
    }

    private struct TriadKernel(int bytes, int samples) : ISimdKernel
    {
        public double BytesPerSecond { get; private set; }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd> => Measure<Twice<Twice<TSimd>>>();

        private void Measure<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            nint bytesPerStep = BytesPerElement * TSimd.Count;
            nint length = (bytes + bytesPerStep - 1) / bytesPerStep * TSimd.Count, stride = length + Gap;
            float* a = (float*)NativeMemory.AlignedAlloc((nuint)(3 * stride * sizeof(float)), 64), b = a + stride, c = b + stride;
            try
            {
                new Span<float>(b, (int)length).Fill(1);
                new Span<float>(c, (int)length).Fill(2);
                Triad<TSimd>(a, b, 0.5f, c, length);
                for (int sample = 0; sample < samples; sample++)
                {
                    BytesPerSecond = Math.Max(BytesPerSecond, Sample<TSimd>(a, b, c, length));
                }
            }
            finally
            {
                NativeMemory.AlignedFree(a);
            }
        }

        private static double Sample<TSimd>(float* a, float* b, float* c, nint length)
            where TSimd : struct, ISimd<TSimd>
        {
            nint repetitions = Math.Max(1, BytesPerSample / (BytesPerElement * length));
            long start = Stopwatch.GetTimestamp();
            for (nint i = 0; i < repetitions; i++)
            {
                Triad<TSimd>(a, b, 0.5f, c, length);
            }

            return (double)BytesPerElement * length * repetitions / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
