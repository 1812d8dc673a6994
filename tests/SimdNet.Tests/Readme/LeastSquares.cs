namespace SimdNet.Tests.Readme;

/// <summary>Polynomials that are fitted to points, as models of a capacity that is one number.</summary>
internal static class LeastSquares
{
    /// <summary>The values at the points of the polynomial that comes nearest to y.</summary>
    /// <remarks>In polynomials that are orthogonal on the points, each made from the two before (Forsythe, 1957).</remarks>
    public static void Fit(int degree, ReadOnlySpan<float> x, ReadOnlySpan<float> y, Span<float> fitted)
    {
        double[] before = new double[x.Length], now = [.. Enumerable.Repeat(1.0, x.Length)], sum = new double[x.Length];
        double squareBefore = 1;
        for (int k = 0; k <= degree; k++)
        {
            double square = 0, along = 0, ofX = 0;
            for (int i = 0; i < now.Length; i++)
            {
                square += now[i] * now[i];
                along += now[i] * y[i];
                ofX += now[i] * now[i] * x[i];
            }

            for (int i = 0; i < now.Length; i++)
            {
                sum[i] += along / square * now[i];
                (before[i], now[i]) = (now[i], ((x[i] - (ofX / square)) * now[i]) - (k == 0 ? 0 : square / squareBefore * before[i]));
            }

            squareBefore = square;
        }

        for (int i = 0; i < fitted.Length; i++)
        {
            fitted[i] = (float)sum[i];
        }
    }
}
