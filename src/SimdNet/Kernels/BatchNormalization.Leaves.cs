using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>
/// The passes over a strip. Legal pointers: data reach over [batch, channels, area], and the strips of <see cref="Sizes"/> lie within; sums are
/// one vector a unit, constants one number a channel, 32 of each at most. Each pass is a leaf, as in Loops.Leaves.cs.
/// </content>
public static unsafe partial class BatchNormalization
{
    /// <summary><c>Σ x</c></summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Sum<TLanes>(Strip strip, float* x, float* sums)
        where TLanes : struct, ISimd<TLanes>
    {
        int length = strip.Length;
        x += strip.Offset;
        for (int run = 0; run < strip.Runs; run += strip.Together, x += strip.Gap)
        {
            for (int unit = 0; unit < strip.Units; unit++, x += strip.Next)
            {
                float* place = sums + (unit * TLanes.Count);
                TLanes sum = run == 0 ? TLanes.Zero : TLanes.Load(place);
                for (int sample = 0; sample < strip.Together; sample++, x += strip.Stride)
                {
                    int i = 0;
                    for (; i <= length - TLanes.Count; i += TLanes.Count)
                    {
                        sum += TLanes.Load(x + i);
                    }

                    if (i < length)
                    {
                        sum += TLanes.LoadPartial(x + i, length - i);
                    }
                }

                sum.Store(place);
            }
        }
    }

    /// <summary><c>Σ (x - mean)²</c></summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Squares<TChannels, TLanes>(Strip strip, Constants constants, float* x, float* sums)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
    {
        int length = strip.Length;
        x += strip.Offset;
        for (int run = 0; run < strip.Runs; run += strip.Together, x += strip.Gap)
        {
            for (int unit = 0; unit < strip.Units; unit++, x += strip.Next)
            {
                float* place = sums + (unit * TLanes.Count);
                TLanes sum = run == 0 ? TLanes.Zero : TLanes.Load(place), mean = TChannels.Load<TLanes>(constants.Mean + unit);
                for (int sample = 0; sample < strip.Together; sample++, x += strip.Stride)
                {
                    int i = 0;
                    for (; i <= length - TLanes.Count; i += TLanes.Count)
                    {
                        sum = SquaredDeviations.Combine(sum, TLanes.Load(x + i), mean);
                    }

                    if (i < length)
                    {
                        int rest = length - i;
                        sum = TLanes.Select(TLanes.FirstLanes(rest), SquaredDeviations.Combine(sum, TLanes.LoadPartial(x + i, rest), mean), sum);
                    }
                }

                sum.Store(place);
            }
        }
    }

    /// <summary><c>y = activation(γ·(x - mean)/√(variance + ε) + β + addend)</c></summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Normalize<TChannels, TLanes, TActivation, TAddend>(
        Strip strip, Constants constants, TActivation activation, float* x, float* addend, float* y)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
        where TActivation : struct, IUnaryOperator
        where TAddend : struct, IAddend
    {
        int length = strip.Length;
        x += strip.Offset;
        y += strip.Offset;
        addend += strip.Offset;
        for (int run = 0; run < strip.Runs; run += strip.Together, x += strip.Gap, y += strip.Gap, addend += strip.Gap)
        {
            for (int unit = 0; unit < strip.Units; unit++, x += strip.Next, y += strip.Next, addend += strip.Next)
            {
                TLanes mean = TChannels.Load<TLanes>(constants.Mean + unit), scale = TChannels.Load<TLanes>(constants.Scale + unit);
                TLanes shift = TChannels.Load<TLanes>(constants.Shift + unit);
                for (int sample = 0; sample < strip.Together; sample++, x += strip.Stride, y += strip.Stride, addend += strip.Stride)
                {
                    int i = 0;
                    for (; i <= length - TLanes.Count; i += TLanes.Count)
                    {
                        TLanes value = TLanes.FusedMultiplyAdd(TLanes.Load(x + i) - mean, scale, shift);
                        activation.Invoke(TAddend.Add(value, addend + i, TLanes.Count)).Store(y + i);
                    }

                    if (i < length)
                    {
                        int rest = length - i;
                        TLanes value = TLanes.FusedMultiplyAdd(TLanes.LoadPartial(x + i, rest) - mean, scale, shift);
                        activation.Invoke(TAddend.Add(value, addend + i, rest)).StorePartial(y + i, rest);
                    }
                }
            }
        }
    }

    /// <summary><c>Σ d</c> and <c>Σ d·(x - mean)</c>, d being what the gate lets through of dOutput.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Products<TChannels, TLanes, TGate>(
        Strip strip, Constants constants, TGate gate, float* x, float* dOutput, float* sums, float* productSums)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
        where TGate : struct, IBinaryOperator
    {
        int length = strip.Length;
        x += strip.Offset;
        dOutput += strip.Offset;
        for (int run = 0; run < strip.Runs; run += strip.Together, x += strip.Gap, dOutput += strip.Gap)
        {
            for (int unit = 0; unit < strip.Units; unit++, x += strip.Next, dOutput += strip.Next)
            {
                int place = unit * TLanes.Count;
                TLanes sum = run == 0 ? TLanes.Zero : TLanes.Load(sums + place), products = run == 0 ? TLanes.Zero : TLanes.Load(productSums + place);
                TLanes mean = TChannels.Load<TLanes>(constants.Mean + unit), scale = TChannels.Load<TLanes>(constants.Scale + unit);
                TLanes shift = TChannels.Load<TLanes>(constants.Shift + unit);
                for (int sample = 0; sample < strip.Together; sample++, x += strip.Stride, dOutput += strip.Stride)
                {
                    int i = 0;
                    for (; i <= length - TLanes.Count; i += TLanes.Count)
                    {
                        TLanes deviation = TLanes.Load(x + i) - mean;
                        TLanes gradient = Through(gate, deviation, scale, shift, TLanes.Load(dOutput + i));
                        sum += gradient;
                        products.Accumulate(gradient, deviation);
                    }

                    if (i < length)
                    {
                        int rest = length - i;
                        TLanes deviation = TLanes.LoadPartial(x + i, rest) - mean;
                        TLanes gradient = Through(gate, deviation, scale, shift, TLanes.LoadPartial(dOutput + i, rest)); // 0 past the end, and so are the products
                        sum += gradient;
                        products.Accumulate(gradient, deviation);
                    }
                }

                sum.Store(sums + place);
                products.Store(productSums + place);
            }
        }
    }

    /// <summary>
    /// <c>dInput = s·d - s·dBeta/n - s·(x - mean)·dGamma/(n·√(variance + ε))</c> with <c>s = γ/√(variance + ε)</c>, d being what the gate lets
    /// through of dOutput.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void InputGradient<TChannels, TLanes, TGate>(
        Strip strip, Constants constants, TGate gate, float* x, float* dOutput, float* dInput)
        where TChannels : struct, IChannels
        where TLanes : struct, ISimd<TLanes>
        where TGate : struct, IBinaryOperator
    {
        int length = strip.Length;
        x += strip.Offset;
        dOutput += strip.Offset;
        dInput += strip.Offset;
        for (int run = 0; run < strip.Runs; run += strip.Together, x += strip.Gap, dOutput += strip.Gap, dInput += strip.Gap)
        {
            for (int unit = 0; unit < strip.Units; unit++, x += strip.Next, dOutput += strip.Next, dInput += strip.Next)
            {
                TLanes mean = TChannels.Load<TLanes>(constants.Mean + unit), scale = TChannels.Load<TLanes>(constants.Scale + unit);
                TLanes shift = TChannels.Load<TLanes>(constants.Shift + unit);
                TLanes offset = TChannels.Load<TLanes>(constants.Offset + unit), slope = TChannels.Load<TLanes>(constants.Slope + unit);
                for (int sample = 0; sample < strip.Together; sample++, x += strip.Stride, dOutput += strip.Stride, dInput += strip.Stride)
                {
                    int i = 0;
                    for (; i <= length - TLanes.Count; i += TLanes.Count)
                    {
                        TLanes deviation = TLanes.Load(x + i) - mean;
                        TLanes gradient = Through(gate, deviation, scale, shift, TLanes.Load(dOutput + i));
                        TLanes statistics = TLanes.FusedMultiplyAdd(deviation, slope, offset);
                        TLanes.FusedMultiplyAdd(gradient, scale, statistics).Store(dInput + i);
                    }

                    if (i < length)
                    {
                        int rest = length - i;
                        TLanes deviation = TLanes.LoadPartial(x + i, rest) - mean;
                        TLanes gradient = Through(gate, deviation, scale, shift, TLanes.LoadPartial(dOutput + i, rest));
                        TLanes statistics = TLanes.FusedMultiplyAdd(deviation, slope, offset);
                        TLanes.FusedMultiplyAdd(gradient, scale, statistics).StorePartial(dInput + i, rest);
                    }
                }
            }
        }
    }

    /// <summary>The gradient behind the activation; what that was given is computed again, which takes less than to read what it gave.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Through<TGate, TLanes>(TGate gate, TLanes deviation, TLanes scale, TLanes shift, TLanes dOutput)
        where TGate : struct, IBinaryOperator
        where TLanes : struct, ISimd<TLanes> =>
        typeof(TGate) == typeof(OpenGate) ? dOutput : gate.Invoke(TLanes.FusedMultiplyAdd(deviation, scale, shift), dOutput);

    /// <summary>What is added to a normalised value.</summary>
    internal interface IAddend
    {
        static abstract TLanes Add<TLanes>(TLanes value, float* addend, int count)
            where TLanes : struct, ISimd<TLanes>;
    }

    internal readonly struct NoAddend : IAddend
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Add<TLanes>(TLanes value, float* addend, int count)
            where TLanes : struct, ISimd<TLanes> => value;
    }

    internal readonly struct Addend : IAddend
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TLanes Add<TLanes>(TLanes value, float* addend, int count)
            where TLanes : struct, ISimd<TLanes> =>
            value + (count < TLanes.Count ? TLanes.LoadPartial(addend, count) : TLanes.Load(addend));
    }

    /// <summary>The gradient as it is: there is no activation.</summary>
    internal readonly struct OpenGate : IBinaryOperator
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TSimd Invoke<TSimd>(TSimd x, TSimd y)
            where TSimd : struct, ISimd<TSimd> => y;
    }
}
