using SimdNet.Layers;
using SimdNet.Memory;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

public class NetworkSummaryTests
{
    [Fact]
    public void A_summary_lists_the_layers_and_their_sums() => Assert.Equal(
        """
        layer      output      parameters  bytes  flops
        0 Flatten  20                   0      0      0
        1 Dense    1000            21,000  84,000  41,000
        2 ReLU     1000                 0       0   1,000
        3 Dense    3                3,003  12,012   6,003
                   3               24,003  96,012  48,003
        """.ReplaceLineEndings().Split(Environment.NewLine).Select(Words),
        new Network(Shape.Image(1, 4, 5), new Flatten(), new Dense(1000), new ReLU(), new Dense(3)).Summary()
            .TrimEnd().Split(Environment.NewLine).Select(Words));

    /// <summary>
    /// Of a convolution 2·9 operations for each of 4·4·4 outputs, and their biases. Running statistics take bytes and are no parameters.
    /// </summary>
    [Fact]
    public void Statistics_take_bytes_and_are_no_parameters() => Assert.Equal(
        """
        layer        output     parameters  bytes  flops
        0 Conv2D     4 × 4 × 4          40    160  1,216
        1 BatchNorm  4 × 4 × 4           8     64    192
        2 ReLU       4 × 4 × 4           0      0     64
        3 Residual   4 × 4 × 4          20    112    576
        4 Flatten    64                  0      0      0
        5 Dense      2                 130    520    258
                     2                 198    856  2,306
        """.ReplaceLineEndings().Split(Environment.NewLine).Select(Words),
        new Network(
            Shape.Image(1, 4, 4), new Conv2D(4, kernel: 3, padding: 1), new BatchNorm(), new ReLU(),
            new Residual(new Conv2D(4, kernel: 1, groups: 4, bias: false), new BatchNorm(), new Conv2D(4, kernel: 1, groups: 4)), new Flatten(), new Dense(2))
            .Summary().TrimEnd().Split(Environment.NewLine).Select(Words));

    private static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
