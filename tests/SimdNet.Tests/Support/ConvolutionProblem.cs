using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using Xunit;

namespace SimdNet.Tests.Support;

/// <summary>The operands of a <see cref="ConvolutionCase"/>.</summary>
internal sealed class ConvolutionProblem
{
    public ConvolutionProblem(ConvolutionCase @case)
    {
        Shape = @case.Sizes;
        X = Fill(Shape.InputLength, @case.Seed, 0);
        W = Fill(Shape.Weight.Length, @case.Seed, 1);
        Bias = @case.Bias ? Fill(Shape.OutChannels, @case.Seed, 2) : [];
        DOutput = Fill(Shape.OutputLength, @case.Seed, 3);
    }

    public ConvolutionShape Shape { get; }

    public float[] X { get; }

    public float[] W { get; }

    public float[] Bias { get; }

    public float[] DOutput { get; }

    public static double[] Widen(float[] values) => Array.ConvertAll(values, value => (double)value);

    public static double[] Magnitudes(float[] values) => Array.ConvertAll(values, value => (double)Math.Abs(value));

    /// <summary>Every value is as near to that of the twin as its terms' roundings allow: at most <paramref name="terms"/> in a sum.</summary>
    public static void AssertNear(double[] expected, double[] magnitudes, float[] actual, int terms)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual[i] - expected[i]), bound = ErrorBound.Product(terms, magnitudes[i]);
            Assert.True(error <= bound, $"value {i} is {actual[i]:R}, expected {expected[i]:R} within {bound:R}");
        }
    }

    public void AssertForward(float[] y) => AssertNear(
        ConvolutionReference.Forward(Widen(X), Widen(W), Widen(Bias), Shape),
        ConvolutionReference.Forward(Magnitudes(X), Magnitudes(W), Magnitudes(Bias), Shape),
        y,
        Shape.Weight.Length / Shape.OutChannels);

    public void AssertBackwardInput(float[] dInput) => AssertNear(
        ConvolutionReference.BackwardInput(Widen(DOutput), Widen(W), Shape),
        ConvolutionReference.BackwardInput(Magnitudes(DOutput), Magnitudes(W), Shape),
        dInput,
        Shape.Weight.Length / Shape.Image[0]);

    public void AssertBackwardWeight(float[] dWeight) => AssertNear(
        ConvolutionReference.BackwardWeight(Widen(X), Widen(DOutput), Shape),
        ConvolutionReference.BackwardWeight(Magnitudes(X), Magnitudes(DOutput), Shape),
        dWeight,
        Shape.OutputLength / Shape.OutChannels);

    private static float[] Fill(int length, int seed, int operand)
    {
        float[] values = new float[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = TestMatrix.Value((seed * 4) + operand, i >> 16, i & 0xFFFF);
        }

        return values;
    }
}
