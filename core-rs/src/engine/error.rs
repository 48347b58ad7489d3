//! Refusals of the engine, in the codes of the outer contract.

use super::field::FieldError;
use super::json::Json;
use crate::units::UnitError;
use core::fmt;

/// A code of the outer error table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    ValidationError,
    NotFound,
    Conflict,
    RiskRejected,
    InsufficientFunds,
    ExchangeUnavailable,
    ConfigError,
    JournalCorrupt,
    Internal,
}

impl Code {
    pub const fn name(self) -> &'static str {
        match self {
            Self::ValidationError => "VALIDATION_ERROR",
            Self::NotFound => "NOT_FOUND",
            Self::Conflict => "CONFLICT",
            Self::RiskRejected => "RISK_REJECTED",
            Self::InsufficientFunds => "INSUFFICIENT_FUNDS",
            Self::ExchangeUnavailable => "EXCHANGE_UNAVAILABLE",
            Self::ConfigError => "CONFIG_ERROR",
            Self::JournalCorrupt => "JOURNAL_CORRUPT",
            Self::Internal => "INTERNAL",
        }
    }
}

/// A refused command, view or set-up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub code: Code,
    pub message: String,
    /// A JSON object.
    pub details: Vec<u8>,
}

impl Refusal {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: b"{}".to_vec() }
    }

    #[must_use]
    pub fn with(mut self, details: impl FnOnce(&mut Json)) -> Self {
        self.details = Json::object(details);
        self
    }

    pub fn not_found(what: &str, id: &str) -> Self {
        Self::new(Code::NotFound, format!("no {what} {id}"))
    }
}

impl From<FieldError> for Refusal {
    fn from(error: FieldError) -> Self {
        Self::new(Code::ValidationError, error.to_string()).with(|j| j.str(&error.field, &error.problem))
    }
}

impl From<UnitError> for Refusal {
    fn from(error: UnitError) -> Self {
        Self::new(Code::ValidationError, error.code())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

impl std::error::Error for Refusal {}
