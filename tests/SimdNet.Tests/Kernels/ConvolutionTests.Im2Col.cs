using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>The matrix of patches, written out.</summary>
public sealed partial class ConvolutionTests
{
    /// <summary>Of one group, y = W·columns: each term of the convolution is an element of W times one of the columns.</summary>
    [Property(Arbitrary = [typeof(ConvolutionCases)], MaxTest = Most)]
    public void Columns_hold_what_each_tap_takes_in(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ConvolutionProblem problem = new(@case with { Groups = 1, OutChannels = 1 });
        ConvolutionShape shape = problem.Shape;
        int area = shape.Output[1] * shape.Output[2], taps = shape.Weight.Length;
        float[] columns = new float[shape.Batch * taps * area], expected = new float[columns.Length];
        Array.Fill(columns, float.NaN);
        ConvolutionReference.Terms(shape, (i, k, o) => expected[(((o / area * taps) + k) * area) + (o % area)] = problem.X[i]);
        Convolution.Im2Col(problem.X, columns, shape);
        Assert.Equal(expected, columns);
    }

    /// <summary>⟨Im2Col(x), c⟩ = ⟨x, Col2Im(c)⟩, up to the roundings of Col2Im's sums.</summary>
    [Property(Arbitrary = [typeof(ConvolutionCases)], MaxTest = Most)]
    public void Im2Col_and_Col2Im_are_adjoint(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ConvolutionProblem problem = new(@case with { Groups = 1, OutChannels = 1 });
        ConvolutionShape shape = problem.Shape;
        float[] columns = new float[shape.Batch * shape.Weight.Length * shape.Output[1] * shape.Output[2]], x = new float[shape.InputLength];
        float[] other = Draws.Normal(columns.Length, stream: (uint)@case.Seed);
        Convolution.Im2Col(problem.X, columns, shape);
        Convolution.Col2Im(other, x, shape);
        double bound = Tolerance.Gamma(shape.Weight.Length + 1) * columns.Zip(other, (a, b) => Math.Abs((double)a * b)).Sum();
        Assert.InRange(Dot(columns, other) - Dot(problem.X, x), -bound, bound);
    }
}
