using SimdNet.Kernels;
using SimdNet.Layers;
using SimdNet.Tests.Support;
using SimdNet.Training;
using Xunit;

namespace SimdNet.Tests.Training;

/// <content>
/// Every loss in each of its forms, behind a product: what that puts out is an odd multiple of 1/1024, so that no error of targets that are
/// multiples of 1/8 is at a kink, and no difference of two with a margin that is such an odd multiple itself.
/// </content>
public sealed partial class GradientCheckTests
{
    private static readonly float[] s_shares = [0, 0.25f, 0.5f, 1];

    private static readonly LossCase[] s_losses =
    [
        new(new MeanSquaredError(), 3) { Targets = s_targets },
        new(new MeanSquaredError(Reduction.Sum), 1) { Targets = s_targets },
        new(new MeanAbsoluteError(), 3) { Targets = s_targets },
        new(new Huber(0.75f), 3) { Targets = s_targets },
        new(new SoftmaxCrossEntropy(), 4) { Classes = 4 },
        new(new SoftmaxCrossEntropy(0.25f, [1, 2, 0.5f], Reduction.Sum), 3) { Classes = 3 },
        new(new SoftmaxCrossEntropy(0.25f, [1, 2, 0.5f]), 3) { Targets = s_shares },
        new(new BinaryCrossEntropy(2.5f), 1) { Classes = 2 },
        new(new BinaryCrossEntropy(2.5f), 3) { Targets = s_shares },
        new(new Hinge(0.5f), 1) { Classes = 2 },
        new(new Hinge(), 1) { Targets = [-1, 1] },
        new(new MultiClassHinge(1 + (1 / 1024f)), 4) { Classes = 4 },
    ];

    public static TheoryData<int> LossCases => [.. Enumerable.Range(0, s_losses.Length)];

    [Fact]
    public void Every_loss_is_here() =>
        Assert.Equal(KindsOf<Loss>(), s_losses.Select(loss => loss.Loss.GetType().Name).Distinct().Order());

    [Theory]
    [MemberData(nameof(LossCases))]
    public void The_gradients_of_a_loss_are_right(int number)
    {
        LossCase loss = s_losses[number];
        GradientSize.Check(Sizes, size =>
        {
            GradientProblem problem = new(size, [new Dense(loss.Outputs)], ofImages: false);
            AssertRight(problem, loss.Classes > 0 ? problem.Run(loss.Loss, loss.Classes) : problem.Run(loss.Loss, loss.Targets));
        });
    }

    private sealed record LossCase(Loss Loss, int Outputs)
    {
        /// <summary>With labels of so many classes, if above 0.</summary>
        public int Classes { get; init; }

        /// <summary>With targets that are drawn from these, if there are no classes.</summary>
        public float[] Targets { get; init; } = [];
    }
}
