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

    private static string Words(string line) => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
