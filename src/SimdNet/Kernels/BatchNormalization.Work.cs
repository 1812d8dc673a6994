using System.Runtime.CompilerServices;
using SimdNet.Simd;

namespace SimdNet.Kernels;

/// <content>What the passes are, and what is made of their sums.</content>
public static unsafe partial class BatchNormalization
{
    internal readonly struct ForwardWork<TActivation>(Numbers numbers, float count, TActivation activation, float* x, float* y, float* addend = null)
        : IStripWork
        where TActivation : struct, IUnaryOperator
    {
        private const int MeanPass = 0, VariancePass = 1;

        public int Passes => 3;

        public bool Sums(int pass) => pass <= VariancePass;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Prepare<TLanes>(int pass, Strip strip, Constants constants)
            where TLanes : struct, ISimd<TLanes>
        {
            if (pass >= VariancePass)
            {
                constants.SetMean<TLanes>(numbers, strip);
            }

            if (pass > VariancePass)
            {
                constants.SetScaleAndShift<TLanes>(numbers, strip);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TChannels, TLanes>(int pass, Strip strip, Constants constants, Lanes lanes)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>
        {
            if (pass == MeanPass)
            {
                Sum<TLanes>(strip, x, lanes.First);
            }
            else if (pass == VariancePass)
            {
                Squares<TChannels, TLanes>(strip, constants, x, lanes.First);
            }
            else if (addend == null)
            {
                Normalize<TChannels, TLanes, TActivation, NoAddend>(strip, constants, activation, x, null, y);
            }
            else
            {
                Normalize<TChannels, TLanes, TActivation, Addend>(strip, constants, activation, x, addend, y);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Close<TLanes>(int pass, Strip strip, Totals totals)
            where TLanes : struct, ISimd<TLanes> =>
            (totals.First<TLanes>(strip) / TLanes.Broadcast(count))
                .StorePartial((pass == MeanPass ? numbers.Mean : numbers.Variance) + strip.First, strip.Count);
    }

    internal readonly struct NormalizeWork<TActivation>(Numbers numbers, TActivation activation, float* x, float* y) : IStripWork
        where TActivation : struct, IUnaryOperator
    {
        public int Passes => 1;

        public bool Sums(int pass) => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Prepare<TLanes>(int pass, Strip strip, Constants constants)
            where TLanes : struct, ISimd<TLanes>
        {
            constants.SetMean<TLanes>(numbers, strip);
            constants.SetScaleAndShift<TLanes>(numbers, strip);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TChannels, TLanes>(int pass, Strip strip, Constants constants, Lanes lanes)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes> =>
            Normalize<TChannels, TLanes, TActivation, NoAddend>(strip, constants, activation, x, null, y);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Close<TLanes>(int pass, Strip strip, Totals totals)
            where TLanes : struct, ISimd<TLanes>
        {
        }
    }

    internal readonly struct BackwardWork<TGate>(
        Numbers numbers, float count, TGate gate, float* x, float* dOutput, float* dInput, float* dGamma, float* dBeta) : IStripWork
        where TGate : struct, IBinaryOperator
    {
        private const int SumPass = 0;

        public int Passes => dInput == null ? 1 : 2;

        public bool Sums(int pass) => pass == SumPass;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Prepare<TLanes>(int pass, Strip strip, Constants constants)
            where TLanes : struct, ISimd<TLanes>
        {
            constants.SetMean<TLanes>(numbers, strip);
            constants.SetScaleAndShift<TLanes>(numbers, strip);
            if (pass > SumPass)
            {
                TLanes share = (TLanes.Zero - numbers.Scale<TLanes>(strip)) / TLanes.Broadcast(count);
                (share * TLanes.LoadPartial(dBeta + strip.First, strip.Count)).Store(constants.Offset);
                (share * TLanes.LoadPartial(dGamma + strip.First, strip.Count) * numbers.InverseDeviation<TLanes>(strip)).Store(constants.Slope);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Run<TChannels, TLanes>(int pass, Strip strip, Constants constants, Lanes lanes)
            where TChannels : struct, IChannels
            where TLanes : struct, ISimd<TLanes>
        {
            if (pass == SumPass)
            {
                Products<TChannels, TLanes, TGate>(strip, constants, gate, x, dOutput, lanes.First, lanes.Second);
            }
            else
            {
                InputGradient<TChannels, TLanes, TGate>(strip, constants, gate, x, dOutput, dInput);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Close<TLanes>(int pass, Strip strip, Totals totals)
            where TLanes : struct, ISimd<TLanes>
        {
            totals.First<TLanes>(strip).StorePartial(dBeta + strip.First, strip.Count);
            (totals.Second<TLanes>(strip) * numbers.InverseDeviation<TLanes>(strip)).StorePartial(dGamma + strip.First, strip.Count);
        }
    }
}
