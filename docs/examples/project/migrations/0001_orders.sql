CREATE TABLE orders (id bigint PRIMARY KEY, customer text, total numeric(12, 2));
