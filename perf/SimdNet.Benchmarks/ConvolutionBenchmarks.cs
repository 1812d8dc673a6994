using BenchmarkDotNet.Attributes;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Threading;

namespace SimdNet.Benchmarks;

/// <summary>Convolutions and both gradients on one thread: the kinds of layer that go different ways.</summary>
public class ConvolutionBenchmarks : IBenchmark
{
    private static readonly Dictionary<string, ConvolutionShape> s_shapes = new()
    {
        ["first layer"] = new(8, new(1, 28, 28), 32, new(3), new(3)),
        ["3x3"] = new(4, new(32, 26, 26), 64, new(3), new(3)),
        ["3x3 padded"] = new(1, new(64, 28, 28), 64, new(3, 1, 1, 1), new(3, 1, 1, 1)),
        ["3x3 of small images"] = new(4, new(128, 7, 7), 128, new(3, 1, 1, 1), new(3, 1, 1, 1)),
        ["1x1"] = new(2, new(64, 28, 28), 128, new(1), new(1)),
        ["7x7 stride 2"] = new(1, new(3, 112, 112), 64, new(7, 2, 3, 3), new(7, 2, 3, 3)),
        ["depthwise"] = new(1, new(32, 28, 28), 32, new(3, 1, 1, 1), new(3, 1, 1, 1), groups: 32), // a quarter of L2; near its size, -10 % in one process
    };

    private AlignedBuffer _x = new(0), _w = new(0), _bias = new(0), _y = new(0), _dx = new(0), _dy = new(0), _dw = new(0);
    private ConvolutionShape _shape;

    /// <summary>Which layer.</summary>
    [ParamsSource(nameof(Kinds))]
    public string Kind { get; set; } = "3x3";

    /// <summary>The layers.</summary>
    public static IEnumerable<string> Kinds => s_shapes.Keys;

    /// <summary>A multiply and an add for each output and tap; each gradient has as many.</summary>
    public double Flops => (double)s_shapes[Kind].Flops * s_shapes[Kind].Batch;

    /// <inheritdoc/>
    [GlobalSetup]
    public void Setup()
    {
        WorkerTeam.Size = 1;
        _shape = s_shapes[Kind];
        (_x, _w) = (Answer.Floats(_shape.InputLength, seed: 1), Answer.Floats(_shape.Weight.Length, seed: 2));
        (_bias, _dy) = (new(_shape.OutChannels), Answer.Floats(_shape.OutputLength, seed: 3));
        (_y, _dx, _dw) = (new(_dy.Length), new(_x.Length), new(_w.Length));
        foreach (AlignedBuffer result in (AlignedBuffer[])[_y, _dx, _dw])
        {
            result.Span.Fill(float.NaN); // what is not written is not right
        }

        Forward();
        BackwardInput();
        BackwardWeight();
        Check();
    }

    /// <summary><c>y ← w∗x</c></summary>
    [Benchmark]
    [Work(Unit.Flops, nameof(Flops))]
    public void Forward() => Convolution.Forward(_x.Span, _w.Span, _bias.Span, _y.Span, _shape);

    /// <summary><c>dx</c>, by the adjoint of w∗.</summary>
    [Benchmark]
    [Work(Unit.Flops, nameof(Flops))]
    public void BackwardInput() => Convolution.BackwardInput(_dy.Span, _w.Span, _dx.Span, _shape);

    /// <summary><c>dw</c>, by the adjoint of ∗x.</summary>
    [Benchmark]
    [Work(Unit.Flops, nameof(Flops))]
    public void BackwardWeight() => Convolution.BackwardWeight(_x.Span, _dy.Span, _dw.Span, _shape);

    /// <summary>Outputs here and there by their definition, and the gradients by the adjoint law: <c>⟨dy, w∗x⟩ = ⟨dx, x⟩ = ⟨dw, w⟩</c>.</summary>
    private void Check()
    {
        int taps = _shape.Weight.Length / _shape.OutChannels;
        for (int i = 0; i < _y.Length; i += Math.Max(1, _y.Length / 97))
        {
            (double sum, double magnitude) = Output(i);
            Answer.Check(_y.Span[i], sum, taps, magnitude);
        }

        (double expected, double ofOutput) = Answer.Dot(_dy.Span, _y.Span);
        (double byInput, double ofInput) = Answer.Dot(_dx.Span, _x.Span);
        (double byWeight, double ofWeight) = Answer.Dot(_dw.Span, _w.Span);
        int summed = Math.Max(taps, _dy.Length / _shape.OutChannels);
        Answer.Check(byInput, expected, summed, ofOutput + ofInput);
        Answer.Check(byWeight, expected, summed, ofOutput + ofWeight);
    }

    private (double Sum, double Magnitude) Output(int index)
    {
        (int rows, int columns) = (_shape.Output[1], _shape.Output[2]);
        (int sample, int channel, int row, int column) =
            (index / (_shape.OutChannels * rows * columns), index / (rows * columns) % _shape.OutChannels, index / columns % rows, index % columns);
        (int height, int width) = (_shape.Image[1], _shape.Image[2]);
        int depth = _shape.Image[0] / _shape.Groups, firstChannel = channel / (_shape.OutChannels / _shape.Groups) * depth, tap = 0;
        double sum = 0, magnitude = 0;
        for (int c = 0; c < depth; c++)
        {
            for (int i = 0; i < _shape.Vertical.Kernel; i++)
            {
                for (int j = 0; j < _shape.Horizontal.Kernel; j++, tap++)
                {
                    int y = (row * _shape.Vertical.Stride) - _shape.Vertical.PadBefore + i;
                    int x = (column * _shape.Horizontal.Stride) - _shape.Horizontal.PadBefore + j;
                    if (y >= 0 && y < height && x >= 0 && x < width)
                    {
                        int at = (((((sample * _shape.Image[0]) + firstChannel + c) * height) + y) * width) + x;
                        double term = (double)_w.Span[(channel * (_shape.Weight.Length / _shape.OutChannels)) + tap] * _x.Span[at];
                        (sum, magnitude) = (sum + term, magnitude + Math.Abs(term));
                    }
                }
            }
        }

        return (sum, magnitude);
    }
}
