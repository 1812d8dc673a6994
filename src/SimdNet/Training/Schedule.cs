using SimdNet.Kernels;

namespace SimdNet.Training;

/// <summary>
/// How the learning rate changes: what it is multiplied by after t moves of the parameters, t = 0 before the first. The same factors on
/// every machine.
/// </summary>
/// <remarks>
/// <code>
/// Constant              1
/// Linear(T, e)          1 - (1 - e)·min(t, T)/T
/// Exponential(γ)        γᵗ
/// Step(n, γ)            γ to the power ⌊t/n⌋
/// Cosine(T, e)          e + (1 - e)·(1 + cos(π·min(t, T)/T))/2
/// WarmUp(n, s)          (t + 1)/n while t &lt; n, then s(t - n)
/// OneCycle(T, r, a, b)  by cosines from 1/a up to 1 at t = rT - 1, then down to 1/(a·b) at t = T - 1
/// s.Every(n)            s(⌊t/n⌋): a schedule of epochs, where n steps are one
/// </code>
/// </remarks>
public sealed class Schedule
{
    private readonly Func<long, float> _factor;

    private Schedule(Func<long, float> factor) => _factor = factor;

    /// <summary>Always 1.</summary>
    public static Schedule Constant { get; } = new(_ => 1);

    /// <summary>A schedule of your own.</summary>
    /// <param name="factor">The factor, 0 or more, after t moves.</param>
    public static Schedule Of(Func<long, float> factor) => new(factor);

    /// <summary>Falls in a line: <c>1 - (1 - end)·min(t, T)/T</c>.</summary>
    /// <param name="totalSteps">T, 1 or more.</param>
    /// <param name="end">The last factor, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Schedule Linear(long totalSteps, float end = 0)
    {
        Guard.Positive(totalSteps, nameof(totalSteps));
        Guard.NotNegative(end, nameof(end));
        return new(t => (float)(1 - ((1 - (double)end) * Math.Min(t, totalSteps) / totalSteps)));
    }

    /// <summary><c>γᵗ</c>.</summary>
    /// <param name="gamma">γ, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Schedule Exponential(float gamma)
    {
        Guard.Positive(gamma, nameof(gamma));
        return new(t => (float)PortableMath.Power(gamma, t));
    }

    /// <summary>γ to the power ⌊t/every⌋.</summary>
    /// <param name="every">The steps at one rate, 1 or more.</param>
    /// <param name="gamma">γ, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Schedule Step(long every, float gamma)
    {
        Guard.Positive(every, nameof(every));
        return Exponential(gamma).Every(every);
    }

    /// <summary>Falls by half a cosine: <c>end + (1 - end)·(1 + cos(π·min(t, T)/T))/2</c>.</summary>
    /// <param name="totalSteps">T, 1 or more.</param>
    /// <param name="end">The last factor, 0 or more.</param>
    /// <remarks>Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts (2017), without restarts.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Schedule Cosine(long totalSteps, float end = 0)
    {
        Guard.Positive(totalSteps, nameof(totalSteps));
        Guard.NotNegative(end, nameof(end));
        return new(t => (float)Between(1, end, Math.Min(t, totalSteps) / (double)totalSteps));
    }

    /// <summary>Rises in a line, <c>(t + 1)/steps</c>, and then follows another schedule from its beginning.</summary>
    /// <param name="steps">The steps of the rise, 1 or more; the last of them has the factor 1.</param>
    /// <param name="then">What follows.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Schedule WarmUp(long steps, Schedule then)
    {
        Guard.Positive(steps, nameof(steps));
        return new(t => t < steps ? (t + 1) / (float)steps : then.Factor(t - steps));
    }

    /// <summary>Up to the whole rate and down again, both by half a cosine; the numbers are those of PyTorch's OneCycleLR.</summary>
    /// <param name="totalSteps">T, 2 or more.</param>
    /// <param name="peak">r, the part of the steps that rise; at least 0 and less than 1.</param>
    /// <param name="startDivisor">a: the first factor is 1/a; above 0.</param>
    /// <param name="endDivisor">b: the last factor is 1/(a·b); above 0.</param>
    /// <remarks>Smith and Topin, Super-convergence (2018).</remarks>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static Schedule OneCycle(long totalSteps, float peak = 0.3f, float startDivisor = 25, float endDivisor = 1e4f)
    {
        Guard.Positive(totalSteps - 1, nameof(totalSteps) + " - 1");
        Guard.Fraction(peak, nameof(peak));
        Guard.Positive(startDivisor, nameof(startDivisor));
        Guard.Positive(endDivisor, nameof(endDivisor));
        double start = 1.0 / startDivisor, end = start / endDivisor, last = totalSteps - 1;
        double top = Math.Max(0, ((double)peak * totalSteps) - 1);
        return new(t => (float)(t < top
            ? Between(start, 1, t / top)
            : Between(1, end, (Math.Min(t, last) - top) / (last - top))));
    }

    /// <summary>This schedule at a slower pace: each factor serves for some steps in a row.</summary>
    /// <param name="steps">The steps, 1 or more; the batches of an epoch make it a schedule of epochs.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public Schedule Every(long steps)
    {
        Guard.Positive(steps, nameof(steps));
        return new(t => Factor(t / steps));
    }

    /// <summary>What the learning rate is multiplied by.</summary>
    /// <param name="step">t, the moves made before, 0 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/>, or the factor of a schedule of your own, is negative.</exception>
    public float Factor(long step)
    {
        Guard.NotNegative(step, nameof(step));
        float factor = _factor(step);
        Guard.NotNegative(factor, nameof(factor));
        return factor;
    }

    /// <summary>Half a cosine from one number to the other, at 0 ≤ x ≤ 1.</summary>
    private static double Between(double from, double to, double x) => to + ((from - to) * (1 + PortableMath.CosPi(x)) / 2);
}
