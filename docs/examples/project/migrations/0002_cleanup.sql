ALTER TABLE orders ADD COLUMN "paidAt" timestamptz;
ALTER TABLE orders DROP COLUMN customer;
