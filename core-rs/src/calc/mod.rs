//! Formulas only: leverage, margin, liquidation price, fees, profit and loss, sizing.
