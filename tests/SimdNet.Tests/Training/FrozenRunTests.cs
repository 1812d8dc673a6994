using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

/// <summary>A whole training whose losses are written here: every kernel that it passes is held to its bits, on every machine and width.</summary>
public sealed class FrozenRunTests
{
    private const int Batch = 16, Classes = 4, Side = 14;

    private static readonly float[] s_losses =
    [
        2.55344009f, 2.90483809f, 2.13870192f, 2.60042095f, 2.24731374f, 1.16992998f, 1.38966942f, 1.57315946f, 1.03271461f, 1.23376203f,
        1.00116301f, 1.5318687f,
    ];

    [Fact]
    public void The_losses_of_a_convolutional_network_are_those_of_every_machine()
    {
        Network network = new(
            Shape.Image(channels: 1, Side, Side), seed: 5,
            new Conv2D(8, kernel: 3), new ReLU(), new Conv2D(16, kernel: 3), new BatchNorm(), new ReLU(), new MaxPool2D(2), new Dropout(0.25f),
            new Flatten(), new Dense(32), new ReLU(), new Dropout(0.5f), new Dense(Classes));
        Trainer trainer = new(network, new SoftmaxCrossEntropy(), new Adam(1e-2f), Batch, seed: 6)
        {
            Schedule = Schedule.OneCycle(s_losses.Length),
        };
        float[] noise = Draws.Normal(Batch * Side * Side, stream: 11, deviation: 0.5f);
        int[] labels = Draws.Labels(Batch, Classes, stream: 12);
        float[] inputs = [.. noise.Select((value, i) => value + (i / Side % Classes == labels[i / (Side * Side)] ? 1 : 0))];

        float[] losses = [.. s_losses.Select(_ => trainer.Step(inputs, labels))];

        Assert.True(s_losses.SequenceEqual(losses), $"The losses are {string.Join(", ", losses.Select(loss => $"{loss:G9}f"))}.");
    }
}
