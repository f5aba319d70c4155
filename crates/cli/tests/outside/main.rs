//! The `gridfolio` command against what a clone of the project does not hold: reference material,
//! static programs, an emulator, a C compiler. A test is ignored where its requirement is absent.

mod architectures;
#[path = "../command/mod.rs"]
mod command;
#[path = "../qstrader/comparison.rs"]
mod comparison;
mod faults;
mod qstrader;

use std::process::ExitCode;

use conformance::{REFERENCE_MATERIAL, run, tests};

fn main() -> ExitCode {
    run(&[
        (
            REFERENCE_MATERIAL,
            tests![
                qstrader::every_spec_gives_the_same_files_or_would_be_a_look_ahead,
                qstrader::specs_that_fail_in_qstrader_fail_with_a_reason,
                qstrader::the_examples_and_the_tutorial_give_the_same_files,
                qstrader::the_tutorials_table,
            ],
        ),
        (
            architectures::AARCH64,
            tests![
                architectures::aarch64_gives_the_same_bits,
                architectures::an_installation_has_a_program_for_each_architecture,
            ],
        ),
        (
            faults::COMPILER,
            tests![faults::a_refused_call_is_an_error_and_leaves_nothing_half],
        ),
        (
            architectures::X86_64,
            tests![architectures::a_static_program_gives_the_same_bits],
        ),
    ])
}
