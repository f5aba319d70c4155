//! Random numbers with the same bits on every platform.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// One stream of random numbers; streams of one seed are independent of each other.
pub(super) struct Noise(ChaCha8Rng);

impl Noise {
    pub(super) fn new(seed: u64, stream: u64) -> Noise {
        let mut generator = ChaCha8Rng::seed_from_u64(seed);
        generator.set_stream(stream);
        Noise(generator)
    }

    /// Uniform in (0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        let bits = self.0.next_u64() >> 12;
        (bits as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// Standard normal, by Box and Muller.
    pub(super) fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.uniform()));
        radius * libm::cos(2.0 * std::f64::consts::PI * self.uniform())
    }

    /// Student's t with five degrees of freedom, scaled to unit variance.
    fn fat_tailed(&mut self) -> f64 {
        const FREEDOM: f64 = 5.0;
        let normal = self.normal();
        let chi_squared: f64 = (0..5).map(|_| self.normal()).map(|x| x * x).sum();
        normal / libm::sqrt(chi_squared / FREEDOM) * libm::sqrt((FREEDOM - 2.0) / FREEDOM)
    }
}

/// Daily shocks with fat tails whose size comes in clusters: a GARCH(1,1).
pub(super) struct Shocks {
    noise: Noise,
    variance: f64,
    long_run: f64,
}

impl Shocks {
    /// `volatility`: a year's standard deviation in the long run, as a fraction.
    pub(super) fn new(noise: Noise, volatility: f64) -> Shocks {
        let long_run = volatility * volatility / 252.0;
        Shocks {
            noise,
            variance: long_run,
            long_run,
        }
    }

    pub(super) fn next(&mut self) -> f64 {
        const REACTION: f64 = 0.08;
        const PERSISTENCE: f64 = 0.90;
        let shock = libm::sqrt(self.variance) * self.noise.fat_tailed();
        let variance = (1.0 - REACTION - PERSISTENCE) * self.long_run
            + REACTION * shock * shock
            + PERSISTENCE * self.variance;
        // One extreme shock must not carry the whole path away.
        self.variance = variance.min(25.0 * self.long_run);
        shock
    }
}
