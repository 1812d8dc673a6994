using System.Text.RegularExpressions;
using SimdNet.Kernels;
using SimdNet.Memory;
using SimdNet.Peers.Native;
using TorchSharp;

namespace SimdNet.Peers.Suites;

/// <summary>
/// Pooling beside libtorch. A case is named <c>max-backward 64x32x26x26 3x3 stride 2 pad 1</c>; the stride is the window's size if none is
/// given.
/// </summary>
internal sealed partial class PoolingSuite : Suite
{
    private const long MaxValues = 1 << 27;

    public override string Name => "pooling";

    public override string Unit => "GB/s";

    public override IReadOnlyList<string> DefaultCases { get; } =
        [.. from kind in (string[])["max", "average", "max-backward", "average-backward"] select $"{kind} 64x32x26x26 2x2"];

    protected override string Limit => $"{Limits.StreamName}: operands and results once each";

    public override string? Refuse(string caseName)
    {
        Match match = CaseName().Match(caseName);
        if (!match.Success)
        {
            return $"'{caseName}' is no case of {Name}: expected max or average, or the backward of one, batch, channels, height, width, and "
                + "so on, as in \"max-backward 64x32x26x26 3x3 stride 2 pad 1\".";
        }

        try
        {
            PoolingShape shape = ShapeOf(match);
            long values = Math.Max(shape.InputLength, shape.OutputLength);
            return values is 0 or > MaxValues ? $"'{caseName}' has {values} values: expected 1 to {MaxValues}." : null;
        }
        catch (ArgumentException exception)
        {
            return $"'{caseName}' is no pooling: {exception.Message}";
        }
    }

    public override Case Create(string caseName, int threads)
    {
        Match match = CaseName().Match(caseName);
        Work work = new(ShapeOf(match), match.Groups["kind"].Value == "max");
        bool backward = match.Groups["backward"].Success;
        return new(
            caseName, backward ? work.BackwardBytes : work.ForwardBytes,
            new("SimdNet", backward ? work.Backward : work.Forward),
            [backward ? Torch.Contestant(Torch.Name, work.TorchBackward) : Torch.Contestant(Torch.Name, work.TorchForward)],
            backward ? work.CheckBackward : work.CheckForward,
            () => backward
                ? Limits.Stream(work.BackwardBytes, work.BackwardBytes, threads)
                : Limits.Stream(work.ForwardBytes, work.ForwardBytes, threads));
    }

    protected override IEnumerable<string> LoadPeers(int threads) => [LibTorch.Load(threads)];

    private static PoolingShape ShapeOf(Match match)
    {
        return new(Number("n"), new Shape(Number("c"), Number("h"), Number("w")), Axis("kh"), Axis("kw"));

        WindowAxis Axis(string kernel) =>
            new(Number(kernel), match.Groups["stride"].Success ? Number("stride") : Number(kernel), Number("pad"), Number("pad"));

        int Number(string name) =>
            !match.Groups[name].Success ? 0 : int.TryParse(match.Groups[name].Value, out int number) ? number : int.MaxValue;
    }

    [GeneratedRegex(
        @"^(?<kind>max|average)(?<backward>-backward)? (?<n>\d+)x(?<c>\d+)x(?<h>\d+)x(?<w>\d+) (?<kh>\d+)x(?<kw>\d+)"
        + @"( stride (?<stride>\d+))?( pad (?<pad>\d+))?$",
        RegexOptions.CultureInvariant | RegexOptions.ECMAScript)]
    private static partial Regex CaseName();

    /// <summary>The data of a case, and what is done with it.</summary>
    private sealed class Work
    {
        private readonly PoolingShape _shape;
        private readonly bool _isMax;
        private readonly AlignedBuffer _x, _y, _dy, _dx;
        private readonly torch.Tensor _torchX, _torchDy, _variable;
        private readonly Lazy<torch.Tensor> _output; // with what leads back to the variable

        public Work(PoolingShape shape, bool isMax)
        {
            (_shape, _isMax) = (shape, isMax);
            (_x, _dy) = (RandomData.Floats(shape.InputLength, seed: 1), RandomData.Floats(shape.OutputLength, seed: 2));
            (_y, _dx) = (new(_dy.Length), new(_x.Length));
            long[] xShape = [shape.Batch, .. shape.Image.ToArray()], yShape = [shape.Batch, .. shape.Output.ToArray()];
            (_torchX, _variable, _torchDy) = (Torch.Tensor(_x, xShape), Torch.Variable(_x, xShape), Torch.Tensor(_dy, yShape));
            _output = new(() => Apply(_variable));
        }

        public double ForwardBytes => 4.0 * (_x.Length + _y.Length);

        /// <summary>The gradients; of the largest values also where they are.</summary>
        public double BackwardBytes => ForwardBytes + (_isMax ? ForwardBytes : 0);

        private double Taps => (double)_shape.Vertical.Kernel * _shape.Horizontal.Kernel;

        public void Forward()
        {
            if (_isMax)
            {
                Pooling.MaxForward(_x.Span, _y.Span, _shape);
            }
            else
            {
                Pooling.AverageForward(_x.Span, _y.Span, _shape);
            }
        }

        public void Backward()
        {
            if (_isMax)
            {
                Pooling.MaxBackward(_x.Span, _y.Span, _dy.Span, _dx.Span, _shape);
            }
            else
            {
                Pooling.AverageBackward(_dy.Span, _dx.Span, _shape);
            }
        }

        public torch.Tensor TorchForward() => Apply(_torchX);

        public IEnumerable<torch.Tensor> TorchBackward() =>
            torch.autograd.grad([_output.Value], [_variable], [_torchDy], retain_graph: true);

        public void CheckForward()
        {
            _y.Span.Fill(float.NaN); // what is not written is not right
            Forward();
            Check("y", _y, Torch.Answer(TorchForward));
        }

        public void CheckBackward()
        {
            _dx.Span.Fill(float.NaN);
            Forward();
            Backward();
            Check("dx", _dx, Torch.Values(TorchBackward().Single()));
        }

        /// <summary>No value is above ½, so no sum is above the number of taps; windows that overlap add their gradients.</summary>
        private void Check(string what, AlignedBuffer ours, ReadOnlySpan<float> theirs) =>
            Agreement.Check(what, Torch.Name, ours.Span, theirs, _ => _isMax && what == "y" ? 0 : 2 * Agreement.Gamma(Taps) * Taps);

        private torch.Tensor Apply(torch.Tensor x)
        {
            long[] kernel = [_shape.Vertical.Kernel, _shape.Horizontal.Kernel], stride = [_shape.Vertical.Stride, _shape.Horizontal.Stride];
            long[] padding = [_shape.Vertical.PadBefore, _shape.Horizontal.PadBefore];
            return _isMax
                ? torch.nn.functional.max_pool2d(x, kernel, stride, padding)
                : torch.nn.functional.avg_pool2d(x, kernel, stride, padding);
        }
    }
}
