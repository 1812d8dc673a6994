using SimdNet.Simd;
using SimdNet.Threading;

namespace SimdNet.Kernels;

/// <content>The way back through the activation that a convolution ends in, and the gradient of its bias.</content>
public static unsafe partial class Convolution
{
    /// <summary>Values that are worth a thread's while.</summary>
    private const int GateGrain = 1 << 15;

    /// <summary>
    /// <c>dOutput ← gate(output, dOutput)</c> and of that <see cref="Reductions.ChannelSums"/>, plane by plane: a batch that is too large for the caches is
    /// read from memory once.
    /// </summary>
    /// <param name="gate">Gives the gradient before the activation from what that gave and the gradient with respect to it.</param>
    /// <param name="output">[batch, channels, area].</param>
    /// <param name="dOutput">[batch, channels, area].</param>
    /// <param name="batch">The number of images.</param>
    /// <param name="channels">The number of channels.</param>
    /// <param name="area">The values of a channel.</param>
    /// <param name="dBias">[channels].</param>
    internal static void BackwardGateAndBias<TGate>(
        TGate gate, ReadOnlySpan<float> output, Span<float> dOutput, int batch, int channels, int area, Span<float> dBias)
        where TGate : struct, IBinaryOperator
    {
        Guard.Length(output.Length, (long)batch * channels * area, nameof(output));
        Guard.Length(dOutput.Length, output.Length, nameof(dOutput));
        Guard.Length(dBias.Length, channels, nameof(dBias));
        int planes = batch * channels;
        float* sums = RoomForWeights(planes);
        fixed (float* values = output, gradients = dOutput)
        {
            WorkerTeam.For(planes, Math.Max(1, GateGrain / area), new GatedPlanes<TGate>(gate, values, gradients, area, sums));
        }

        Reductions.ColumnSums(new(sums, planes), batch, channels, dBias);
    }

    /// <summary>The planes from start to end, or all of them, to be cut by a team.</summary>
    private readonly struct GatedPlanes<TGate>(TGate gate, float* values, float* gradients, int area, float* sums, int start = 0, int end = 0)
        : IRangeBody, ISimdKernel
        where TGate : struct, IBinaryOperator
    {
        public void Invoke(int from, int to)
        {
            GatedPlanes<TGate> part = new(gate, values, gradients, area, sums, from, to);
            SimdWidth.Invoke(ref part);
        }

        public void Invoke<TSimd>()
            where TSimd : struct, ISimd<TSimd>
        {
            for (int plane = start; plane < end; plane++)
            {
                float* gradient = gradients + ((nint)plane * area);
                Loops.Zip<TGate, TSimd>(gate, values + ((nint)plane * area), gradient, gradient, area);
                sums[plane] = Loops.Fold<Sum, TSimd>(default, gradient, area);
            }
        }
    }
}
