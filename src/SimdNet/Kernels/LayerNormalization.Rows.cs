using System.Runtime.CompilerServices;
using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>
/// Rows and columns, at one width. Legal pointers: data reach over [rows, features]; a piece of the team touches its own rows, or its own
/// columns, and nothing else.
/// </content>
public static unsafe partial class LayerNormalization
{
    /// <summary>Values that are worth a thread's while.</summary>
    private const int Grain = 1 << 14;

    /// <summary>What every row has one of.</summary>
    internal readonly struct Statistics(float* mean, float* inverseDeviation)
    {
        public float* Mean { get; } = mean;

        public float* InverseDeviation { get; } = inverseDeviation;
    }

    internal readonly struct ForwardRows(
        float* x, float* gamma, float* beta, int features, float epsilon, float* y, float* mean, float* inverseDeviation,
        int start = 0, int end = 0) : IRangeBody, ISimdKernel
    {
        public void Invoke(int from, int to)
        {
            ForwardRows part = new(x, gamma, beta, features, epsilon, y, mean, inverseDeviation, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int row = start; row < end; row++)
            {
                float* from = x + ((nint)row * features), to = y + ((nint)row * features);
                float center = Loops.Fold<Sum, TSimd>(default, from, features) / features;
                float variance = Loops.Fold<SquaredDeviations, TSimd>(new(center), from, features) / features;
                float inverse = 1 / MathF.Sqrt(variance + epsilon);
                Loops.Zip3<Normalized, TSimd>(new(center, inverse), from, gamma, beta, to, features);
                if (mean != null)
                {
                    mean[row] = center;
                }

                if (inverseDeviation != null)
                {
                    inverseDeviation[row] = inverse;
                }
            }
        }
    }

    internal readonly struct BackwardRows(
        float* x, Statistics statistics, float* gamma, float* dOutput, int features, float* dInput, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel, ILanesKernel
    {
        public void Invoke(int from, int to)
        {
            BackwardRows part = new(x, statistics, gamma, dOutput, features, dInput, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            BackwardRows rows = this;
            VirtualLanes.Invoke<TSimd, BackwardRows>(ref rows);
        }

        public void Invoke<TSimd, TLanes>()
            where TSimd : struct, ISimd<TSimd>
            where TLanes : struct, ISimd<TLanes>
        {
            for (int row = start; row < end; row++)
            {
                nint offset = (nint)row * features;
                float center = statistics.Mean[row], inverse = statistics.InverseDeviation[row];
                Twice<TLanes> sums = Products<TLanes>(x + offset, center, gamma, dOutput + offset, features);
                float gradientMean = TLanes.Reduce(default(Sum), sums.Low) / features;
                float productMean = TLanes.Reduce(default(Sum), sums.High) / features;
                InputGradient gradient = new(center, inverse, -inverse * gradientMean, -inverse * inverse * inverse * productMean);
                Loops.Zip3<InputGradient, TSimd>(gradient, x + offset, dOutput + offset, gamma, dInput + offset, features);
            }
        }
    }

    /// <summary>As many columns as there are virtual lanes, or the last few.</summary>
    internal readonly struct ColumnStrips(
        float* x, Statistics statistics, float* dOutput, int rows, int features, float* dGamma, float* dBeta, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel, ILanesKernel
    {
        public void Invoke(int from, int to)
        {
            ColumnStrips part = new(x, statistics, dOutput, rows, features, dGamma, dBeta, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            ColumnStrips strips = this;
            VirtualLanes.Invoke<TSimd, ColumnStrips>(ref strips);
        }

        public void Invoke<TSimd, TLanes>()
            where TSimd : struct, ISimd<TSimd>
            where TLanes : struct, ISimd<TLanes>
        {
            for (int strip = start; strip < end; strip++)
            {
                int first = strip * VirtualLanes.Count, count = Math.Min(features - first, VirtualLanes.Count);
                Twice<TLanes> sums = ColumnProducts<TLanes>(x + first, statistics, dOutput + first, rows, features, count);
                sums.Low.StorePartial(dBeta + first, count);
                sums.High.StorePartial(dGamma + first, count);
            }
        }
    }

    /// <summary><c>Σ g</c> and <c>Σ g·(x - mean)</c> with <c>g = dOutput·γ</c>, the low half and the high.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Twice<TLanes> Products<TLanes>(float* x, float mean, float* gamma, float* dOutput, int features)
        where TLanes : struct, ISimd<TLanes>
    {
        TLanes sum = TLanes.Zero, products = TLanes.Zero, center = TLanes.Broadcast(mean);
        int i = 0;
        for (; i <= features - TLanes.Count; i += TLanes.Count)
        {
            TLanes gradient = TLanes.Load(dOutput + i) * TLanes.Load(gamma + i);
            sum += gradient;
            products.Accumulate(gradient, TLanes.Load(x + i) - center);
        }

        if (i < features)
        {
            int rest = features - i;
            TLanes gradient = TLanes.LoadPartial(dOutput + i, rest) * TLanes.LoadPartial(gamma + i, rest); // 0 past the end
            sum += gradient;
            products.Accumulate(gradient, TLanes.LoadPartial(x + i, rest) - center);
        }

        return new(sum, products);
    }

    /// <summary><c>Σ rows of dOutput</c> and <c>Σ rows of dOutput·x̂</c>, the low half and the high.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Twice<TLanes> ColumnProducts<TLanes>(float* x, Statistics statistics, float* dOutput, int rows, int stride, int count)
        where TLanes : struct, ISimd<TLanes>
    {
        TLanes sum = TLanes.Zero, products = TLanes.Zero;
        for (int row = 0; row < rows; row++, x += stride, dOutput += stride)
        {
            bool isWhole = count == TLanes.Count;
            TLanes gradient = isWhole ? TLanes.Load(dOutput) : TLanes.LoadPartial(dOutput, count);
            TLanes value = isWhole ? TLanes.Load(x) : TLanes.LoadPartial(x, count);
            TLanes deviation = value - TLanes.Broadcast(statistics.Mean[row]);
            sum += gradient;
            products.Accumulate(gradient, deviation * TLanes.Broadcast(statistics.InverseDeviation[row]));
        }

        return new(sum, products);
    }

    /// <summary><c>(x - mean)·inverseDeviation·γ + β</c>, of x, γ and β.</summary>
    private readonly struct Normalized(float mean, float inverseDeviation) : ITernaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y, TSimd z)
            where TSimd : struct, ISimd<TSimd> =>
            TSimd.FusedMultiplyAdd((x - TSimd.Broadcast(mean)) * TSimd.Broadcast(inverseDeviation), y, z);
    }

    /// <summary><c>inverseDeviation·dOutput·γ + (x - mean)·slope + offset</c>, of x, dOutput and γ.</summary>
    private readonly struct InputGradient(float mean, float inverseDeviation, float offset, float slope) : ITernaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y, TSimd z)
            where TSimd : struct, ISimd<TSimd>
        {
            TSimd statistics = TSimd.FusedMultiplyAdd(x - TSimd.Broadcast(mean), TSimd.Broadcast(slope), TSimd.Broadcast(offset));
            return TSimd.FusedMultiplyAdd(y * z, TSimd.Broadcast(inverseDeviation), statistics);
        }
    }
}
