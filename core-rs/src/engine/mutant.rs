//! Flawed decisions for the fault simulator, which must catch every one. The sound engine has none; a mutant is named
//! in the configuration and refused outside mode SIM.

macro_rules! mutants {
    ($($mutant:ident = $name:literal,)*) => {
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Mutant { #[default] None, $($mutant),* }

        impl Mutant {
            pub const ALL: [Self; 0 $(+ { let _ = $name; 1 })*] = [$(Self::$mutant),*];

            pub const fn name(self) -> &'static str {
                match self { Self::None => "", $(Self::$mutant => $name),* }
            }
        }
    };
}

mutants! {
    // A to H of the study.
    RetryNewId = "retry_new_id",
    RetrySameId = "retry_same_id",
}

impl Mutant {
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mutant| mutant.name() == name)
    }
}
