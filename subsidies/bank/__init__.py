"""The papers that pass between the portal and a bank: a template says as data how one bank wants them.

Plain Python, no table is touched: `template` reads a template, `writing` makes the payment file, `reading` takes the
bank's answer; `delimited`, `fixed`, `workbook` and `pain` are the formats.
"""
