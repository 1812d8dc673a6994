using FsCheck.Xunit;
using SimdNet.Kernels;
using SimdNet.Tests.Support;
using Xunit;

namespace SimdNet.Tests.Kernels;

/// <summary>
/// Every operand lies against a page that nobody may touch, once before its end and once after its start: with the same results, whose values
/// the other tests hold against the twins.
/// </summary>
public sealed partial class ConvolutionTests
{
    [Property(Arbitrary = [typeof(ConvolutionCases)], MaxTest = Most)]
    public void Touches_nothing_outside_its_operands(ConvolutionCase @case)
    {
        ArgumentNullException.ThrowIfNull(@case);
        ConvolutionProblem problem = new(@case);
        float[][] results = Guarded(problem, atEnd: true);
        Assert.All(results, values => Assert.DoesNotContain(values, float.IsNaN));
        Assert.All(results.Zip(Guarded(problem, atEnd: false)), pair => Assert.True(pair.First.AsSpan().SequenceEqual(pair.Second)));
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public void Touches_nothing_outside_its_operands_where_blocks_end(ConvolutionCase @case) => Touches_nothing_outside_its_operands(@case);

    internal static float[][] Guarded(ConvolutionProblem problem, bool atEnd)
    {
        ConvolutionShape shape = problem.Shape;
        int columnsLength = problem.Shape.Batch * shape.Image[0] * shape.Weight[2] * shape.Weight[3] * shape.Output[1] * shape.Output[2];
        using GuardedBuffer x = Copy(problem.X, atEnd), w = Copy(problem.W, atEnd), bias = Copy(problem.Bias, atEnd);
        using GuardedBuffer dOutput = Copy(problem.DOutput, atEnd), y = new(shape.OutputLength, atEnd), dInput = new(shape.InputLength, atEnd);
        using GuardedBuffer dWeight = new(shape.Weight.Length, atEnd), dBias = new(shape.OutChannels, atEnd), columns = new(columnsLength, atEnd);
        using GuardedBuffer folded = new(shape.InputLength, atEnd);
        Convolution.Forward(x.Span, w.Span, bias.Span, y.Span, shape);
        Convolution.BackwardInput(dOutput.Span, w.Span, dInput.Span, shape);
        Convolution.BackwardWeight(x.Span, dOutput.Span, dWeight.Span, shape);
        Convolution.BackwardBias(dOutput.Span, dBias.Span, shape);
        Convolution.Im2Col(x.Span, columns.Span, shape);
        Convolution.Col2Im(columns.Span, folded.Span, shape);
        return [.. ((GuardedBuffer[])[y, dInput, dWeight, dBias, columns, folded]).Select(buffer => buffer.Span.ToArray())];
    }

    private static GuardedBuffer Copy(float[] values, bool atEnd)
    {
        GuardedBuffer buffer = new(values.Length, atEnd);
        values.CopyTo(buffer.Span);
        return buffer;
    }
}
