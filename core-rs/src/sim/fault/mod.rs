//! The fault simulator: the real reducer and the real venues of [`super::SimVenue`], joined by a network, a disk and
//! people that fail in seeded ways, under virtual time, one thread per seed. An independent checker judges every step
//! by the venues' own books.

mod accounts;
mod bounds;
mod check;
mod client;
mod clock;
mod disk;
mod exec;
mod exposure;
mod external;
mod garble;
mod late;
mod life;
mod link;
mod markets;
mod mutant;
mod net;
mod operator;
mod probe;
mod protect;
mod query;
mod quiet;
mod reach;
mod report;
mod rng;
mod run;
mod schedules;
mod setup;
mod stage;
mod swarm;
mod tally;
mod terms;
mod trace;
mod words;
mod world;

pub use report::simulate;
