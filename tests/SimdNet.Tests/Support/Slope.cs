namespace SimdNet.Tests.Support;

/// <summary>A derivative by central differences in double, and how far it may be off.</summary>
internal static class Slope
{
    /// <summary>
    /// <c>(f(x + h) - f(x - h))/2h</c> with h = ∛2⁻⁵². Its error is that of h², a third of what changes from h to 2h; the whole change is
    /// taken, and what f itself rounds away.
    /// </summary>
    /// <param name="f">The function of what stands at <paramref name="x"/>.</param>
    /// <param name="x">Where the argument stands; it is put back.</param>
    /// <param name="error">How far f may be off.</param>
    public static (double Value, double Uncertainty) Of(Func<double> f, ref double x, double error)
    {
        double h = Math.Cbrt(Math.Pow(2, -52)), at = x;
        double near = Difference(h, ref x), far = Difference(2 * h, ref x);
        return (near, Math.Abs(far - near) + (2 * error / h));

        double Difference(double step, ref double x)
        {
            x = at + step;
            double above = f();
            x = at - step;
            double below = f();
            x = at;
            return (above - below) / (2 * step);
        }
    }
}
