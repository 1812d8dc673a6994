using SimdNet.Data;
using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Reference;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

[Collection(nameof(Alone))]
public class PredictorTests
{
    private const int Features = 37, Classes = 5;

    private readonly Network _network = new(
        Shape.Image(1, 1, Features), 7, new Flatten(), new Dense(70), new ReLU(), new Dense(8), new Square(), new Dense(Classes));

    [Fact]
    public void A_sample_has_the_same_bits_alone_in_a_batch_and_in_training()
    {
        const int Batch = 33;
        float[] inputs = Draws.Normal(Batch * Features, stream: 1);
        Predictor predictor = _network.CreatePredictor(Batch), single = _network.CreatePredictor(1);

        float[] together = predictor.Predict(inputs).ToArray();

        ForwardPass training = new() { Samples = Batch, Training = true, Parameters = _network.ParameterSpan, Input = inputs };
        Assert.Equal(Widths.Bits(together), Widths.Bits(_network.CreateWalk(Batch, training: true).Forward(training)));
        for (int i = 0; i < Batch; i++)
        {
            ReadOnlySpan<float> sample = inputs.AsSpan(i * Features, Features);
            int[] expected = Widths.Bits(together.AsSpan(i * Classes, Classes));
            Assert.Equal(expected, Widths.Bits(single.Predict(sample)));
            Assert.Equal(expected, Widths.Bits(predictor.Predict(sample)));
        }
    }

    /// <summary>
    /// With |x|, |W|, |b| in the place of x, W, b the network gives the sum of all magnitudes; γ of the longest chain of roundings of it bounds
    /// the error; a square doubles what it is given.
    /// </summary>
    [Fact]
    public void Outputs_are_those_of_the_reference()
    {
        float[] inputs = Draws.Normal(3 * Features, stream: 2);
        NetworkReference reference = new(_network), magnitudes = new(_network);
        foreach (double[] parameter in magnitudes.Parameters.Values)
        {
            Array.ConvertAll(parameter, Math.Abs).CopyTo(parameter, 0);
        }

        double[] expected = reference.Forward(Array.ConvertAll(inputs, value => (double)value), 3).Outputs;
        double[] magnitude = magnitudes.Forward(Array.ConvertAll(inputs, value => (double)Math.Abs(value)), 3).Outputs;
        float[] actual = _network.CreatePredictor(3).Predict(inputs).ToArray();
        for (int i = 0; i < expected.Length; i++)
        {
            double bound = Tolerance.Gamma((2 * (Features + 1 + 70 + 1 + 8 + 1)) + 1) * magnitude[i];
            Assert.InRange(actual[i] - expected[i], -bound, bound);
        }
    }

    [Fact]
    public void Correct_are_those_whose_largest_output_is_that_of_their_label()
    {
        Network network = new(Shape.Vector(3), new Dense(3));
        network.SetParameter("0.weight", [1, 0, 0, 0, 1, 0, 0, 0, 1]);
        float[] inputs = [3, 1, 2, /**/ 1, 2, 3, /**/ 1, 3, 2, /**/ 2, 1, 3, /**/ 9, 1, 3];

        Assert.Equal(3, network.CreatePredictor(2).CountCorrect(inputs, [0, 2, 0, 2, 1]));
        Assert.Equal(0, network.CreatePredictor(2).CountCorrect([], []));
        Assert.Equal(3, network.CreatePredictor(2).CountCorrect(new Dataset(inputs, [0, 2, 0, 2, 1], features: 3, classes: 3)));
        float[] targets = new float[15];
        Assert.Throws<ArgumentException>("inputs", () => // which have no labels
            network.CreatePredictor(2).CountCorrect(Dataset.ForRegression(inputs, targets, Shape.Vector(3), outputs: 3)));
    }

    [Fact]
    public void A_network_of_views_gives_back_what_it_is_given() =>
        Assert.Equal([1, 2], new Network(Shape.Image(1, 1, 2), new Flatten()).CreatePredictor(1).Predict([1, 2]).ToArray());

    [Fact]
    public void Wrong_lengths_are_refused()
    {
        Predictor predictor = _network.CreatePredictor(4);
        foreach (int length in (int[])[0, 36, 38, 5 * 37])
        {
            string expected = $"Dense(37 → 70): 'inputs' holds {length} values, expected 1 to 4 samples of 37.";
            string message = Assert.Throws<ArgumentException>("inputs", () => { predictor.Predict(new float[length]); }).Message;
            Assert.StartsWith(expected, message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentException>("inputs", () => predictor.CountCorrect(new float[37], [0, 0]));
        Assert.Throws<ArgumentOutOfRangeException>("labels", () => predictor.CountCorrect(new float[37], [5]));
    }

    [Fact]
    public void Nothing_is_allocated_after_the_first_call()
    {
        float[] inputs = Draws.Normal(4 * Features, stream: 3);
        Predictor predictor = _network.CreatePredictor(4);
        float sum = predictor.Predict(inputs)[0];

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            sum += predictor.Predict(inputs)[0] + predictor.CountCorrect(inputs, [0, 1, 2, 3]);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(float.IsFinite(sum));
    }
}
