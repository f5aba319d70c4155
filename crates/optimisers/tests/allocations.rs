//! After the first problem of a size, neither estimators nor optimisers allocate.

#![expect(
    unsafe_code,
    reason = "counting allocations takes a global allocator, and that trait is unsafe"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use optimisers::estimators::{Ewma, LedoitWolf, Sample};
use optimisers::optimisers::{
    HierarchicalRiskParity, InverseVolatility, MaxDiversification, MaxSharpe, MeanVariance,
    MinVariance, RiskParity,
};
use optimisers::{
    Constraints, Covariance, Estimator, Group, Optimiser, Problem, Returns, Workspace,
};
use statistics::random::SplitMix64;

/// The system's allocator, counting the calls that ask for memory.
struct Counting;

thread_local! {
    // By thread: the test harness allocates on others.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count_one() {
    ALLOCATIONS.set(ALLOCATIONS.get() + 1);
}

// SAFETY: every method hands its arguments on to `System`, which upholds the contract. Counting
// does not allocate: the cell is initialised at compile time and has no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count_one();
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count_one();
        // SAFETY: as above; `old` came from `System`.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: as above; `memory` came from `System`.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn the_second_window_of_a_size_allocates_nothing() {
    const ASSETS: usize = 11;
    let mut random = SplitMix64::new(71);
    let mut closes = vec![vec![100.0]; ASSETS];
    for _ in 0..126 {
        let market = 0.01 * random.normal();
        for closes in &mut closes {
            let last = closes[closes.len() - 1];
            closes.push(last * (1.0 + 4e-4 + market + 0.01 * random.normal()));
        }
    }
    let estimators: [&dyn Estimator; 3] = [&Sample, &LedoitWolf, &Ewma { decay: 0.94 }];
    let optimisers: [&dyn Optimiser; 7] = [
        &InverseVolatility,
        &RiskParity::default(),
        &MinVariance,
        &MaxSharpe::default(),
        &MeanVariance { risk_aversion: 5.0 },
        &MaxDiversification,
        &HierarchicalRiskParity::default(),
    ];
    let simple = Constraints::long_only(ASSETS);
    let limited = Constraints {
        lower: vec![-0.1; ASSETS],
        upper: vec![0.25; ASSETS],
        groups: vec![Group {
            members: vec![0, 1, 2],
            lower: 0.1,
            upper: 0.4,
        }],
        gross: 1.5,
        turnover_limit: 1.2,
        ..Constraints::long_only(ASSETS)
    };
    let current = vec![1.0 / ASSETS as f64; ASSETS];
    let mut returns = Returns::default();
    let mut covariance = Covariance::default();
    let mut workspace = Workspace::default();
    let mut means = vec![0.0; ASSETS];
    let mut weights = vec![0.0; ASSETS];
    let mut counts = Vec::new();
    for start in [0, 21, 42, 63] {
        let before = ALLOCATIONS.get();
        let windows = closes.iter().map(|closes| &closes[start..start + 64]);
        returns.set_closes(windows).unwrap();
        returns.means(&mut means);
        for estimator in estimators {
            estimator.estimate(&returns, &mut covariance).unwrap();
            for optimiser in optimisers {
                for constraints in [&simple, &limited] {
                    let problem = Problem {
                        covariance: &covariance,
                        expected_returns: &means,
                        current: &current,
                        constraints,
                    };
                    // Methods without a solver refuse the limits.
                    let _ = optimiser.weights(&problem, &mut workspace, &mut weights);
                }
            }
        }
        counts.push(ALLOCATIONS.get() - before);
    }
    assert!(counts[0] > 0, "{counts:?}");
    // How many assets are held, and so how large the systems are, differs between windows.
    assert!(counts[2] <= 5 && counts[3] <= 5, "{counts:?}");
}
